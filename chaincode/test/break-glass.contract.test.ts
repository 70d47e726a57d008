import {
  askPreimage,
  breakGlassKey,
  consentDocumentPreimage,
  consentDocumentRef,
  consentKey,
  decisionKey,
  deletionKey,
  formatCanonical,
  implicitCollection,
  recipientPreimage,
  reviewKey,
  type BreakGlass,
  type ConsentDocument,
  type ConsentSet,
  type DeletionReceipt,
  type Instant,
  type RequestId,
  type TransactionResponse,
  type TransientInput,
} from '../src/model';
import { declare, emergencyAskOf, emergencyOpeningOf, unitOf, type Declaration } from './support/break-glass-story';
import { ConsortiumTwin, ENDORSEMENT_POLICY_FAILURE, MVCC_READ_CONFLICT, OK, refusalOf, type Endorsed } from './support/consortium-twin';
import * as steps from './support/release-steps';
import {
  AUTHORITY,
  CLINIC,
  HOSPITAL,
  importRecords,
  INSURER,
  newConsortium,
  newRecord,
  newScene,
  releasedOf,
  RULES,
  sealedText,
  signingKeyOf,
  type Scene,
} from './support/story';
import { commit, ISSUED, newRef, Patient, signAs } from './support/wallet';

type Request = TransactionResponse<'RequestAccess'>['request'];

const BOTH = [HOSPITAL, CLINIC];
const ENDS = '2026-03-02T08:00:00.000Z';
const DUE = '2026-03-04T08:00:00.000Z';
const refuses = (purposes: readonly ('ETREAT' | 'BTG' | 'TREAT')[]): ConsentSet => ({
  base: 'permit',
  exceptions: [{ decision: 'deny', purposes }],
});

describe('break-glass', () => {
  let scene: Scene;
  let twin: ConsortiumTwin;

  beforeEach(async () => {
    twin = await newConsortium();
    scene = await newScene(twin, new Patient(HOSPITAL));
  });

  const endorseDecision = async (of: Request, input: TransientInput<'DecideRelease'>, version = 2): Promise<Endorsed> =>
    steps.endorseDecision(twin, of, input, { version });
  const opening = (
    of: Request,
    document = scene.document,
    more: Parameters<typeof emergencyOpeningOf>[4] = {},
  ): TransientInput<'DecideRelease'> => emergencyOpeningOf(scene.relation, document, [scene.medication], of, more);
  const endorseDelivery = async (of: Request, at?: string): Promise<Endorsed> => steps.endorseDelivery(twin, of, { at });
  const endorseDeletion = async ({ relationRef, requestId }: Request, change: Partial<DeletionReceipt> = {}): Promise<Endorsed> => {
    const receipt: DeletionReceipt = {
      ...{ relationRef, requester: CLINIC, requestId, of: 'release', reason: 'time-box-ended', consentVersion: 3 },
      ...{ parts: 1, told: null, issuedAt: ISSUED, ...change },
    };
    const deletion = signAs('deletion-receipt', receipt, signingKeyOf(CLINIC));
    return twin.endorse(await twin.identity(CLINIC, 'gateway'), ['RecordDeletion', JSON.stringify({ deletion })]);
  };
  /** Signs the next version: a consent with these sets, or the end of it. */
  const sign = async (
    version: number,
    change: { sets?: readonly ConsentSet[]; status?: 'revoked' | 'closed'; validity?: { from: Instant; until: Instant } },
  ): Promise<ConsentDocument> => {
    const { sets, ...header } = change;
    const document = scene.relation.document(version, sets ?? []);
    const consent = scene.relation.consent(version, sets === undefined ? { ...header, document: null } : { ...header, with: document });
    await twin.submit(await twin.identity(AUTHORITY), 'RecordConsent', { consent });
    return document;
  };
  const review = async (
    { relationRef, by, requestId }: Request,
    {
      outcome = 'justified',
      as = HOSPITAL,
      role = 'auditor',
      endorsers,
    }: { outcome?: string; as?: string; role?: 'auditor' | 'physician'; endorsers?: readonly string[] } = {},
  ): Promise<Endorsed> => {
    const args = ['ReviewBreakGlass', JSON.stringify({ relationRef, requester: by.mspId, requestId, outcome })];
    return twin.endorse(await twin.identity(as, role), args, endorsers && { endorsers });
  };
  const openReviews = (declaration: Declaration = {}): BreakGlass['open'] =>
    (twin.state(breakGlassKey(CLINIC, unitOf(emergencyAskOf(scene.relation, declaration)))) as BreakGlass | undefined)?.open ?? [];

  describe('is declared', () => {
    test('for all to see: by which unit, and when its review is due', async () => {
      const request = await declare(twin, scene.relation);
      const unit = unitOf(emergencyAskOf(scene.relation));
      expect(request).toMatchObject({ purpose: 'ETREAT', party: true, breakGlass: { unit, until: ENDS, reviewBy: DUE } });
      expect(openReviews()).toEqual([{ relationRef: request.relationRef, requestId: request.requestId, reviewBy: DUE }]);
      const { relationRef, requestId } = request;
      expect(twin.chain.at(-1)?.simulation.event).toEqual({
        name: 'BreakGlassDeclared',
        payload: formatCanonical({ relationRef, requestId, mspId: CLINIC }),
      });
    });

    test('with neither reason, statement nor department in any public byte', async () => {
      const request = await declare(twin, scene.relation);
      twin.commit(await endorseDecision(request, opening(request)));
      const blocks = JSON.stringify(
        twin.chain.map(({ proposal, simulation }) => [proposal.args, simulation.rwset.writes, simulation.payload, simulation.event]),
      );
      const opened = blocks + (blocks.match(/[A-Za-z0-9+/=]{40,}/g) ?? []).map((text) => Buffer.from(text, 'base64').toString()).join(' ');
      for (const secret of ['unconscious', 'Found unconscious at home', '"emergency"', 'cardiology']) {
        const isRules =
          secret === '"emergency"'
            ? opened.replaceAll('"emergency":{"accessHours"', '').replaceAll('\\"emergency\\":{\\"accessHours\\"', '')
            : opened;
        expect([secret, isRules.includes(secret)]).toEqual([secret, false]);
      }
    });

    test('once: a repeat is answered the same and waits for one review', async () => {
      const { relationRef, requestId, purpose, proof, ask, breakGlass } = await declare(twin, scene.relation);
      const again = { relationRef, requestId, purpose, proof, ask, unit: breakGlass?.unit as never };
      await twin.submit(await twin.identity(CLINIC, 'physician'), 'RequestAccess', again);
      expect(openReviews()).toHaveLength(1);
    });

    test('for purposes of emergencies only, and only where the rules provide for it', async () => {
      expect(await refusalOf(declare(twin, scene.relation, { purpose: 'TREAT' }))).toMatchObject({ details: { place: 'request.unit' } });
      const bare = new ConsortiumTwin(twin.members);
      const { emergency: _, ...rules } = RULES;
      await bare.submit(await bare.identity(AUTHORITY, 'admin'), 'AdoptRules', rules);
      bare.world.values.set(...([...twin.world.values].find(([key]) => key.includes(scene.relation.relationRef)) as [never, never]));
      expect((await refusalOf(declare(bare, scene.relation))).code).toBe('BREAK_GLASS_NOT_ADOPTED');
    });

    test('in vain by a member outside the relation: it is refused, and nothing waits for review', async () => {
      const tried = await declare(twin, scene.relation, { by: INSURER });
      expect(tried).toMatchObject({ party: false });
      expect(tried.breakGlass).toBeUndefined();
      expect(twin.state(decisionKey(tried.relationRef, INSURER, tried.requestId))).toMatchObject({ outcome: 'refused', purpose: 'ETREAT' });
      expect(openReviews()).toEqual([]);
    });

    test('by no unit of which a review is overdue, to the millisecond; other departments declare on', async () => {
      const first = await declare(twin, scene.relation);
      twin.clock = DUE;
      await declare(twin, scene.relation);
      twin.clock = '2026-03-04T08:00:00.001Z';
      const { relationRef, requestId } = first;
      expect(await refusalOf(declare(twin, scene.relation))).toEqual({
        code: 'BREAK_GLASS_BLOCKED',
        details: { relationRef, requestId, deadline: DUE },
      });
      await declare(twin, scene.relation, { department: 'surgery' });
      await declare(twin, scene.relation, { department: null });
      expect(twin.commit(await review(first))).toBe(OK);
      await declare(twin, scene.relation);
    });

    test('by no unit of which as many reviews are open as the rules allow', async () => {
      const first = await declare(twin, scene.relation);
      await declare(twin, scene.relation);
      await declare(twin, scene.relation);
      expect(await refusalOf(declare(twin, scene.relation))).toEqual({ code: 'BREAK_GLASS_TOO_MANY', details: { size: 3 } });
      twin.commit(await review(first));
      await declare(twin, scene.relation);
    });

    test('not past another declaration of its unit that commits first: code 11, so that no list loses one', async () => {
      const ask = emergencyAskOf(scene.relation);
      const request = {
        relationRef: scene.relation.relationRef,
        requestId: newRef<RequestId>(),
        purpose: 'ETREAT',
        proof: null,
        ask: commit(askPreimage(ask)),
        unit: unitOf(ask),
      };
      const late = await twin.endorse(await twin.identity(CLINIC, 'physician'), ['RequestAccess', JSON.stringify(request)]);
      await declare(twin, scene.relation);
      expect(twin.commit(late)).toBe(MVCC_READ_CONFLICT);
    });

    test('also where others wrote junk into the list, or lines that nobody declared: they stop no emergency', async () => {
      const unit = unitOf(emergencyAskOf(scene.relation));
      const { requestId } = await declare(twin, scene.relation, { department: 'surgery' });
      const { relationRef } = scene.relation;
      const due = { relationRef, reviewBy: '2026-01-01T00:00:00.000Z' };
      // Its own review is due later.
      const moved = await declare(twin, scene.relation, { department: null });
      twin.forge(
        breakGlassKey(CLINIC, moved.breakGlass?.unit as never),
        JSON.stringify({ mspId: CLINIC, unit: moved.breakGlass?.unit, open: [{ ...due, requestId: moved.requestId }] }),
      );
      await declare(twin, scene.relation, { department: null });
      const invented = Array.from({ length: 3 }, () => ({ ...due, requestId: newRef() }));
      for (const open of [[{ ...due, requestId }], [{ ...due, relationRef: newRef(), requestId }], invented, undefined]) {
        twin.forge(breakGlassKey(CLINIC, unit), open === undefined ? 'junk' : JSON.stringify({ mspId: CLINIC, unit, open }));
        await declare(twin, scene.relation);
        expect(openReviews()).toHaveLength(1);
      }
    });
  });

  describe('releases', () => {
    test('what no consent permits, for the time that the rules set', async () => {
      const request = await declare(twin, scene.relation);
      expect(twin.commit(await endorseDecision(request, opening(request)))).toBe(OK);
      expect(twin.state(decisionKey(request.relationRef, CLINIC, request.requestId))).toMatchObject({
        outcome: 'released',
        purpose: 'ETREAT',
        consentVersion: 2,
        basis: 'break-glass',
        breakGlass: { until: ENDS },
      });
      expect(twin.chain.at(-1)?.simulation.event?.name).toBe('BreakGlassReleased');
      expect(twin.commit(await endorseDelivery(request))).toBe(OK);
    });

    test('nothing after its time box, which begins with the declaration', async () => {
      const [early, late] = [await declare(twin, scene.relation), await declare(twin, scene.relation)];
      twin.clock = '2026-03-02T07:59:59.999Z';
      expect(twin.commit(await endorseDecision(early, opening(early)))).toBe(OK);
      expect(await refusalOf(endorseDelivery(early, ENDS))).toMatchObject({ details: { reason: 'expired' } });
      twin.clock = ENDS;
      expect(await refusalOf(endorseDecision(late, opening(late)))).toMatchObject({ details: { reason: 'expired' } });
    });

    test('a copy that is deleted when its time box ends, not before, whatever the patient or others do to the consent', async () => {
      const request = await declare(twin, scene.relation);
      twin.forge(consentKey(scene.relation.relationRef, 3), 'junk');
      twin.commit(await endorseDecision(request, opening(request), 3));
      twin.commit(await endorseDelivery(request));
      await sign(4, { status: 'revoked' });
      twin.clock = '2026-03-02T07:59:59.999Z';
      for (const change of [{}, { reason: 'consent-revoked', consentVersion: 4 } as const])
        expect((await refusalOf(endorseDeletion(request, change))).code).toBe('DELETION_NOT_DUE');
      twin.clock = ENDS;
      const misnamed = endorseDeletion(request, { reason: 'consent-revoked', consentVersion: 4 });
      expect((await refusalOf(misnamed)).code).toBe('DELETION_NOT_DUE');
      expect(twin.commit(await endorseDeletion(request))).toBe(OK);
      expect(twin.state(deletionKey(request.relationRef, CLINIC, request.requestId, 'release'))).toMatchObject({
        reason: 'time-box-ended',
      });
    });

    test('nothing that is passed on after its time box', async () => {
      const request = await declare(twin, scene.relation);
      const { relationRef, requestId } = request;
      const { recordsSalt, ...input } = opening(request);
      twin.commit(await endorseDecision(request, { ...input, recordsSalt }));
      twin.commit(await endorseDelivery(request));
      const redisclose = async (): Promise<Endorsed> => {
        const recipient = commit(recipientPreimage('Jane Doe', recordsSalt));
        const wish = { relationRef, requestId, redisclosureId: newRef(), recipient, purpose: 'TREAT', consentVersion: 2 };
        const kinds = { custodian: 'redisclosure', counterparty: 'redisclosure', patient: 'redisclosure-notice' };
        const sealed = Object.fromEntries(Object.entries(kinds).map(([to, kind]) => [to, sealedText(kind)]));
        const opened = { records: releasedOf([scene.medication]), recordsSalt, redisclosed: [0], binding: input.binding, sealed };
        const args = ['RecordRedisclosure', JSON.stringify(wish)];
        return twin.endorse(await twin.identity(CLINIC, 'physician'), args, { input: opened, endorsers: BOTH });
      };
      twin.clock = '2026-03-02T07:59:59.999Z';
      expect(twin.commit(await redisclose())).toBe(OK);
      twin.clock = ENDS;
      expect((await refusalOf(redisclose())).code).toBe('RELEASE_ENDED');
    });

    test('for what was declared only: an ordinary request of the purpose proves nothing', async () => {
      const ask = emergencyAskOf(scene.relation);
      const plain = {
        relationRef: scene.relation.relationRef,
        requestId: newRef<RequestId>(),
        purpose: 'ETREAT',
        proof: null,
        ask: commit(askPreimage(ask)),
      } as const;
      const { request } = await twin.submit(await twin.identity(CLINIC, 'physician'), 'RequestAccess', plain);
      expect(await refusalOf(endorseDecision(request, opening(request)))).toEqual({
        code: 'RELEASE_NOT_PERMITTED',
        details: { reason: 'purpose-not-proved', at: 0 },
      });
    });

    test('only where the ask declares the emergency, by the very department whose unit the request names', async () => {
      const { emergency: _, ...silent } = emergencyAskOf(scene.relation);
      const surgery = emergencyAskOf(scene.relation, { department: 'surgery' });
      const physician = await twin.identity(CLINIC, 'physician');
      for (const [ask, refusal] of [
        [silent, { code: 'REQUEST_INVALID' }],
        [surgery, { code: 'COMMITMENT_MISMATCH', details: { of: 'unit' } }],
      ] as const) {
        const unit = unitOf(emergencyAskOf(scene.relation));
        const asked = {
          relationRef: scene.relation.relationRef,
          requestId: newRef<RequestId>(),
          purpose: 'ETREAT',
          proof: null,
          ask: commit(askPreimage(ask)),
          unit,
        } as const;
        const { request } = await twin.submit(physician, 'RequestAccess', asked);
        expect(await refusalOf(endorseDecision(request, { ...opening(request), ask: formatCanonical(ask) }))).toMatchObject(refusal);
      }
    });

    test('nothing sensitive and nothing beside the emergency subset, whatever the consent permits', async () => {
      const document = await sign(3, {
        sets: [
          {
            base: 'deny',
            exceptions: [
              { decision: 'permit', categories: ['psychiatry', 'imaging', 'laboratory'], confidentiality: 'V', purposes: ['ETREAT'] },
            ],
          },
        ],
      });
      const records = [
        newRecord(scene.patient, { category: 'psychiatry' }),
        newRecord(scene.patient, { category: 'imaging' }),
        newRecord(scene.patient, { category: 'laboratory', labels: ['R'] }),
        newRecord(scene.patient, { category: 'laboratory', labels: ['V'] }),
      ];
      await importRecords(twin, records);
      const declaration: Declaration = { categories: ['psychiatry', 'imaging', 'laboratory'] };
      const request = await declare(twin, scene.relation, declaration);
      for (const record of records) {
        const input = emergencyOpeningOf(scene.relation, document, [record], request, declaration);
        expect(await refusalOf(endorseDecision(request, input, 3))).toEqual({
          code: 'RELEASE_NOT_PERMITTED',
          details: { reason: 'not-emergency-subset', at: 0 },
        });
      }
    });

    test.each(['revoked', 'closed'] as const)('when the consent is %s', async (status) => {
      await sign(3, { status });
      const request = await declare(twin, scene.relation);
      // The receipt names the document that decided, and no other version.
      const change = { consent: { version: 3, document: null, validity: null } };
      const misnamed = opening(request, scene.document, { change });
      expect((await refusalOf(endorseDecision(request, misnamed, 3))).code).toBe('RECEIPT_INVALID');
      expect(twin.commit(await endorseDecision(request, opening(request), 3))).toBe(OK);
      expect(twin.commit(await endorseDelivery(request))).toBe(OK);
    });

    test('when it has expired, denies everything, or others wrote junk over it', async () => {
      const validity = { from: '2026-02-01T00:00:00.000Z' as Instant, until: '2026-02-02T00:00:00.000Z' as Instant };
      const document = await sign(3, {
        sets: [{ base: 'deny', exceptions: [{ decision: 'deny', categories: ['medications'] }] }],
        validity,
      });
      const change = { consent: { version: 3, document: commit(consentDocumentPreimage(document)), validity } };
      const first = await declare(twin, scene.relation);
      expect(twin.commit(await endorseDecision(first, opening(first, document, { change }), 3))).toBe(OK);
      twin.forge(consentKey(scene.relation.relationRef, 4), 'junk');
      const request = await declare(twin, scene.relation);
      expect(twin.commit(await endorseDecision(request, opening(request, document, { change }), 4))).toBe(OK);
      expect(twin.state(decisionKey(request.relationRef, CLINIC, request.requestId))).toMatchObject({
        outcome: 'released',
        consentVersion: 4,
      });
    });

    test('when its document never arrived; one that did is not kept back', async () => {
      const document = await sign(3, { sets: [refuses(['ETREAT'])] });
      const request = await declare(twin, scene.relation);
      const withoutDocument = await endorseDecision(request, opening(request, document, { arrived: false }), 3);
      const ref = consentDocumentRef(scene.relation.relationRef, 3);
      const store = { organisation: HOSPITAL, keys: [{ kind: 'consent-document', ref: ref.ref, id: ref.id }] } as const;
      await twin.submit(await twin.identity(AUTHORITY), 'StoreSealed', store, {
        input: { envelopes: [scene.relation.documentEnvelope(3, HOSPITAL)] },
        endorsers: [HOSPITAL],
      });
      expect(twin.world.collections.get(implicitCollection(HOSPITAL))?.size).toBeGreaterThan(0);
      expect(twin.commit(withoutDocument)).toBe(MVCC_READ_CONFLICT);
      expect(await refusalOf(endorseDecision(request, opening(request, document, { arrived: false }), 3))).toEqual({
        code: 'RELEASE_NOT_PERMITTED',
        details: { reason: 'document-missing', at: 0 },
      });
      expect(await refusalOf(endorseDecision(request, opening(request, document), 3))).toMatchObject({ details: { reason: 'denied' } });
    });

    test('nothing against an express refusal, which neither revoking, closing, expiring nor junk over it ends', async () => {
      const document = await sign(3, {
        sets: [refuses(['BTG', 'ETREAT'])],
        validity: { from: '2026-02-01T00:00:00.000Z' as Instant, until: '2026-02-02T00:00:00.000Z' as Instant },
      });
      const request = await declare(twin, scene.relation);
      const isRefused = async (version: number): Promise<void> => {
        expect(await refusalOf(endorseDecision(request, opening(request, document), version))).toEqual({
          code: 'RELEASE_NOT_PERMITTED',
          details: { reason: 'denied', at: 0 },
        });
        // An earlier document does not pass for it.
        expect((await refusalOf(endorseDecision(request, opening(request), version))).code).toBe('COMMITMENT_MISMATCH');
      };
      await isRefused(3);
      await sign(4, { status: 'revoked' });
      await isRefused(4);
      twin.forge(consentKey(scene.relation.relationRef, 5), 'junk');
      await isRefused(5);
      await sign(6, { status: 'closed' });
      await isRefused(6);
    });

    test('not after a new version of the consent, and not across one', async () => {
      const request = await declare(twin, scene.relation);
      const late = await endorseDecision(request, opening(request));
      await sign(3, { sets: [refuses(['ETREAT'])] });
      expect(twin.commit(late)).toBe(MVCC_READ_CONFLICT);
      expect((await refusalOf(endorseDecision(request, opening(request)))).code).toBe('CONSENT_NOT_CURRENT');
    });

    test('nothing of or to a suspended member', async () => {
      const request = await declare(twin, scene.relation);
      const entry = [...twin.world.values].find(([key]) => key.includes('rules'));
      const rules = JSON.parse(entry?.[1].value.toString() ?? '') as object;
      twin.world.values.set(entry?.[0] ?? '', { value: Buffer.from(JSON.stringify({ ...rules, suspended: [CLINIC] })), version: 99 });
      expect((await refusalOf(endorseDecision(request, opening(request)))).code).toBe('ORGANISATION_NOT_ACTIVE');
    });
  });

  describe('is reviewed', () => {
    test('by an auditor of another organisation, who is present: the review stands for all to see and ends the waiting', async () => {
      const request = await declare(twin, scene.relation);
      expect(twin.commit(await review(request, { as: AUTHORITY, endorsers: [HOSPITAL, INSURER] }))).toBe(ENDORSEMENT_POLICY_FAILURE);
      expect(twin.commit(await review(request, { as: AUTHORITY, endorsers: [AUTHORITY] }))).toBe(ENDORSEMENT_POLICY_FAILURE);
      expect(twin.commit(await review(request, { as: AUTHORITY, outcome: 'unjustified' }))).toBe(OK);
      const { relationRef, requestId } = request;
      const stored = await twin.evaluate(await twin.identity(INSURER), 'GetReview', { relationRef, requester: CLINIC, requestId });
      expect(stored).toMatchObject({ outcome: 'unjustified', by: { mspId: AUTHORITY, role: 'auditor' }, reviewBy: DUE, at: twin.clock });
      expect(twin.state(reviewKey(relationRef, CLINIC, requestId))).toEqual(stored);
      expect(openReviews()).toEqual([]);
    });

    test('never by the organisation that declared, nor by another role', async () => {
      const request = await declare(twin, scene.relation);
      expect(await refusalOf(review(request, { as: CLINIC }))).toEqual({
        code: 'REVIEWER_NOT_INDEPENDENT',
        details: { requester: CLINIC },
      });
      expect((await refusalOf(review(request, { role: 'physician' }))).code).toBe('CALLER_NOT_ALLOWED');
    });

    test('once: a repeat changes nothing, another opinion comes too late', async () => {
      const request = await declare(twin, scene.relation);
      twin.commit(await review(request));
      expect((await review(request)).simulation.rwset.writes).toEqual({});
      expect((await refusalOf(review(request, { outcome: 'unjustified' }))).code).toBe('REVIEW_ALREADY_MADE');
      expect((await refusalOf(review(request, { as: AUTHORITY }))).code).toBe('REVIEW_ALREADY_MADE');
    });

    test('for what was declared, and what is there', async () => {
      const request = await declare(twin, scene.relation);
      expect((await refusalOf(review({ ...request, requestId: newRef<RequestId>() }))).code).toBe('REQUEST_NOT_FOUND');
      const { relationRef, requestId } = await declare(twin, scene.relation, { by: INSURER });
      expect((await refusalOf(review({ ...request, relationRef, requestId, by: { ...request.by, mspId: INSURER } }))).code).toBe(
        'BREAK_GLASS_NOT_DECLARED',
      );
      expect(
        (
          await refusalOf(
            twin.evaluate(await twin.identity(INSURER), 'GetReview', { relationRef, requester: CLINIC, requestId: request.requestId }),
          )
        ).code,
      ).toBe('REVIEW_NOT_FOUND');
    });

    test('and stays: nobody short of all members changes it', async () => {
      const request = await declare(twin, scene.relation);
      twin.commit(await review(request));
      const { policy } = twin.world.values.get(reviewKey(request.relationRef, CLINIC, request.requestId)) ?? {};
      for (const mspId of twin.members) expect(policy?.toString('latin1')).toContain(mspId);
    });

    test('also where others emptied the list', async () => {
      const request = await declare(twin, scene.relation);
      twin.forge(breakGlassKey(CLINIC, unitOf(emergencyAskOf(scene.relation))), 'junk');
      expect(twin.commit(await review(request))).toBe(OK);
    });
  });
});
