import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  decisionKey,
  deletionKey,
  deliveryKey,
  formatInstant,
  parseSigned,
  privateKey,
  redisclosureRef,
  type ConsentSet,
  type Decision,
  type DeletionReceipt,
  type Organisation,
} from '@medaccord/chaincode/model';
import { open, signJws, verifyJws } from '../src/crypto';
import { Facts } from '../src/store';
import { openRedisclosure, signConsent } from '../src/wallet';
import { TestConsortium, TestGateway, waitFor, type Answer } from './support/test-consortium';
import { ask, newBundle, TestPatient } from './support/test-patient';

jest.setTimeout(30_000);

/** What travels with a release, and what ends with it. */
const consortium = new TestConsortium();
let alpha: TestGateway;
let beta: TestGateway;

beforeAll(async () => {
  await consortium.start();
  [alpha, beta] = [consortium.gateway('AlphaMSP'), consortium.gateway('BetaMSP')];
});

afterEach(() => {
  consortium.heal();
});

afterAll(async () => {
  await consortium.stop();
});

type Line = Readonly<Record<string, unknown>> & { readonly kind: string; readonly requestId?: string };

const permit = (categories: readonly string[]): ConsentSet[] => [
  { base: 'deny', exceptions: [{ decision: 'permit', categories: categories as never, purposes: ['TREAT'] }] },
];

/** A bundle with laboratory results, the last of which carries a label that makes it psychiatric. */
function newSensitiveBundle(): object {
  const bundle = newBundle(2) as { entry: { resource: { meta?: object } }[] };
  const security = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSY' }];
  (bundle.entry.at(-1) as { resource: { meta?: object } }).resource.meta = { security };
  return bundle;
}

async function newReleased(bundle = newBundle(2), categories = ['laboratory']): Promise<{ patient: TestPatient; requestId: string }> {
  const patient = new TestPatient(consortium, 'AlphaMSP');
  await patient.register();
  await patient.import(bundle);
  await patient.checkIn('BetaMSP');
  await patient.consentTo('BetaMSP', permit(categories));
  const { body } = await ask(beta, patient.relationRef, categories as never);
  expect(body.status).toBe('released');
  return { patient, requestId: body.requestId as string };
}

const read = async (requestId: string): Promise<Answer> =>
  beta.send(`/api/releases/${requestId}`, { token: await beta.token('physician') });

async function historyOf(patient: TestPatient): Promise<readonly Line[]> {
  const token = await patient.token('AlphaMSP');
  return (await alpha.send(`/api/relations/${patient.relationRef}/history`, { token })).body.entries as Line[];
}

const decisionIn = (lines: readonly Line[], requestId: string): Line | undefined =>
  lines.find((line) => line.kind === 'decision' && line.requestId === requestId);

const statusOf = async (patient: TestPatient, requestId: string): Promise<unknown> =>
  (decisionIn(await historyOf(patient), requestId)?.deletion as { status: string } | null | undefined)?.status;

const isDeleted = async (patient: TestPatient, requestId: string): Promise<boolean> => (await statusOf(patient, requestId)) === 'done';

const copiesOf = (requestId: string): number =>
  [...(consortium.ledger.twin.world.collections.get('_implicit_org_BetaMSP')?.keys() ?? [])].filter(
    (key) => key.includes('delivery') && key.includes(requestId),
  ).length;

const outstandingAt = async (gateway: TestGateway, requestId: string): Promise<Line[]> => {
  const { body } = await gateway.send('/api/deletions', { token: await gateway.token('auditor') });
  return (body.outstanding as Line[]).filter((line) => line.requestId === requestId);
};

const redisclose = async (requestId: string, body: object = {}, key: string = randomUUID()): Promise<Answer> =>
  beta.send(`/api/releases/${requestId}/redisclosures`, {
    ...{ token: await beta.token('physician'), key },
    body: { recipient: 'Dr Jane Doe, rehabilitation', purpose: 'TREAT', ...body },
  });

describe('a release', () => {
  it("comes with the custodian's signed receipt, the consent it rests on and the obligations of each resource", async () => {
    const { patient, requestId } = await newReleased(newSensitiveBundle(), ['laboratory', 'psychiatry']);
    const { body } = await read(requestId);
    const receipt = await verifyJws('disclosure-receipt', body.receipt, alpha.keys.signing.publicJwk);
    expect(receipt).toMatchObject({
      ...{ relationRef: patient.relationRef, requestId, custodian: 'AlphaMSP', counterparty: 'BetaMSP', purpose: 'TREAT' },
      ...{ consent: { version: 2, validity: null }, rulesVersion: 1, count: 2, statement: '42CFRPart2' },
    });
    expect(JSON.parse(body.consent)).toMatchObject({
      relationRef: patient.relationRef,
      version: 2,
      sets: permit(['laboratory', 'psychiatry']),
    });
    const obligations = Object.fromEntries(body.resources.map((one: Line) => [one.category, one.obligations]));
    expect(obligations).toEqual({ laboratory: [], psychiatry: ['PRIVMARK', 'NORDSCLCD'] });
    for (const { recordId, resource } of body.resources) {
      const held = await alpha.send(`/api/records/${recordId}`, { token: await alpha.token('records') });
      expect(resource).toBe(held.text);
    }
    expect(decisionIn(await historyOf(patient), requestId)).toMatchObject({ receipt: body.receipt, deletion: { status: 'not-due' } });
  });

  it.each(['of another request', 'of another signer', 'missing'])('with a receipt that is %s is not handed out', async (which) => {
    const { patient, requestId: made } = await newReleased();
    const { value } = beta.store.facts.listType<Decision>('decision').find((fact) => fact.value.requestId === made) as { value: Decision };
    const part = beta.store.facts.findKey<object>(deliveryKey(value.relationRef, value.requester, value.requestId, 1))?.value;
    alpha.carrier.faults.down.add('BetaMSP');
    const { requestId } = (await ask(beta, patient.relationRef, ['laboratory'], { wait: 0 })).body;
    const { payload } = parseSigned('disclosure-receipt', value.receipt ?? '', 'receipt');
    const asked = beta.store.facts.findRequest('BetaMSP', requestId)?.value;
    const foreign = await signJws('disclosure-receipt', { ...payload, requestId, ask: asked?.ask as never }, beta.keys.signing);
    const receipt = { 'of another request': value.receipt, 'of another signer': foreign, missing: null }[which];
    const { relationRef, requester } = value;
    consortium.ledger.forge({
      [decisionKey(relationRef, requester, requestId)]: JSON.stringify({ ...value, requestId, receipt }),
      [deliveryKey(relationRef, requester, requestId, 1)]: JSON.stringify({ ...part, requestId }),
    });
    await waitFor(() => beta.store.facts.isDelivered({ relationRef, requester, requestId }), 5_000);
    expect((await read(requestId)).body).toMatchObject({ status: 422, code: 'RECEIPT_MISSING' });
  });
});

describe('a released copy', () => {
  it('is deleted when the patient revokes: with a signed receipt, and nothing is handed out from then on', async () => {
    const { patient, requestId } = await newReleased();
    expect(copiesOf(requestId)).toBe(1);
    await patient.revoke('GammaMSP');
    await waitFor(() => isDeleted(patient, requestId), 10_000);
    expect(copiesOf(requestId)).toBe(0);
    expect((await read(requestId)).body).toMatchObject({ status: 410, code: 'RELEASE_ENDED', details: { reason: 'consent-revoked' } });
    const [line] = (await historyOf(patient)).filter(({ kind }) => kind === 'deletion');
    expect(line).toMatchObject({ requestId, by: { mspId: 'BetaMSP', role: 'gateway' }, reason: 'consent-revoked', redisclosureId: null });
    const receipt = await verifyJws('deletion-receipt', line?.receipt as string, beta.keys.signing.publicJwk);
    expect(receipt).toMatchObject({ requestId, consentVersion: 3, parts: 1, told: null });
    expect(await outstandingAt(beta, requestId)).toEqual([]);
  });

  it('in several parts is deleted in all of them at once, with one receipt over all', async () => {
    const { patient, requestId } = await newReleased(newBundle(101));
    expect(copiesOf(requestId)).toBe(3);
    const counts = new Set<number>();
    beta.carrier.hook = () => void counts.add(copiesOf(requestId));
    await patient.revoke('GammaMSP');
    await waitFor(() => isDeleted(patient, requestId), 10_000);
    expect(copiesOf(requestId)).toBe(0);
    expect([...counts].filter((count) => count !== 0)).toEqual([3]);
    const lines = (await historyOf(patient)).filter(({ kind }) => kind === 'deletion');
    expect(lines).toHaveLength(1);
    const receipt = await verifyJws('deletion-receipt', lines[0]?.receipt as string, beta.keys.signing.publicJwk);
    expect(receipt).toMatchObject({ requestId, of: 'release', parts: 3, told: null });
  });

  it('is closed at once to its holder, and shown as outstanding until it deletes it', async () => {
    const { patient, requestId } = await newReleased();
    beta.carrier.hook = (_step, { transaction }) => {
      if (transaction === 'RecordDeletion') throw new Error('not now');
    };
    await patient.revoke('GammaMSP');
    await waitFor(async () => (await statusOf(patient, requestId)) === 'outstanding', 5_000);
    await waitFor(async () => (await outstandingAt(beta, requestId)).length === 1, 5_000);
    expect((await read(requestId)).body.code).toBe('RELEASE_ENDED');
    expect(copiesOf(requestId)).toBe(1);
    beta.carrier.hook = () => undefined;
    await waitFor(() => isDeleted(patient, requestId), 10_000);
  });

  it('is deleted once, with one receipt, by a holder that crashes in the middle of it', async () => {
    const { patient, requestId } = await newReleased();
    beta.carrier.hook = (step, { transaction }) => {
      if (`${step} ${transaction}` === 'send RecordDeletion') beta.carrier.faults.unreachable = true;
    };
    await patient.revoke('GammaMSP');
    await waitFor(() => beta.carrier.faults.unreachable, 10_000);
    await waitFor(async () => (await statusOf(patient, requestId)) === 'outstanding', 5_000);
    expect(copiesOf(requestId)).toBe(1);
    beta = await consortium.crashAndRestart(beta);
    await waitFor(() => isDeleted(patient, requestId), 10_000);
    expect((await historyOf(patient)).filter(({ kind }) => kind === 'deletion')).toHaveLength(1);
    expect(copiesOf(requestId)).toBe(0);
  });

  it('is deleted when a later consent permits not all of it, and kept when it does', async () => {
    const { patient, requestId } = await newReleased();
    await patient.consentTo('BetaMSP', permit(['laboratory', 'imaging']));
    const still = (await ask(beta, patient.relationRef, ['laboratory'])).body.requestId as string;
    await patient.consentTo('BetaMSP', permit(['imaging']));
    await waitFor(() => isDeleted(patient, requestId), 10_000);
    await waitFor(() => isDeleted(patient, still), 10_000);
    const reasons = (await historyOf(patient)).filter(({ kind }) => kind === 'deletion').map(({ reason }) => reason);
    expect(reasons).toEqual(['narrowed', 'narrowed']);
    const versions = beta.store.facts.list<DeletionReceipt>('deletion', patient.relationRef).map(({ value }) => value.consentVersion);
    expect(versions).toEqual([4, 4]);
  });

  it('is deleted when the validity of the consent is over', async () => {
    const { patient, requestId } = await newReleased();
    const validity = { from: formatInstant(Date.now() - 60_000), until: formatInstant(Date.now() + 2_000) };
    const wish = { sets: permit(['laboratory']), validity };
    const signed = await signConsent(patient.wallet, patient.relationRef as never, wish, await patient.recipients('BetaMSP'));
    patient.wallet = signed.wallet;
    expect((await beta.send('/api/consents', { body: signed.request })).status).toBe(201);
    expect(await statusOf(patient, requestId)).toBe('not-due');
    expect(copiesOf(requestId)).toBe(1);
    await waitFor(() => isDeleted(patient, requestId), 10_000);
    expect((await read(requestId)).body).toMatchObject({ code: 'RELEASE_ENDED', details: { reason: 'expired' } });
  });

  it('is not taken for deleted on the word of others: a forged receipt counts nowhere', async () => {
    const { patient, requestId } = await newReleased();
    beta.carrier.hook = (_step, { transaction }) => {
      if (transaction === 'RecordDeletion') throw new Error('not now');
    };
    await patient.revoke('GammaMSP');
    const payload = {
      ...{ relationRef: patient.relationRef, requester: 'BetaMSP', requestId, of: 'release', reason: 'consent-revoked' },
      ...{ consentVersion: 3, parts: 1, told: null, issuedAt: formatInstant(Date.now()) },
    } as DeletionReceipt;
    const jws = await signJws('deletion-receipt', payload, consortium.gateway('GammaMSP').keys.signing);
    const by = { mspId: 'BetaMSP', role: 'gateway', actor: 'A'.repeat(43) };
    const key = deletionKey(payload.relationRef, payload.requester, payload.requestId, 'release');
    const { length } = consortium.ledger.blocks;
    consortium.ledger.forge({ [key]: JSON.stringify({ ...payload, jws, by, at: payload.issuedAt }) });
    await waitFor(() => alpha.store.facts.height > length, 5_000);
    expect(await statusOf(patient, requestId)).toBe('outstanding');
    expect((await historyOf(patient)).filter(({ kind }) => kind === 'deletion')).toEqual([]);
  });
});

describe('a redisclosure', () => {
  it('is shown to the patient, who alone can open to whom, and to the staff who have to tell the recipient', async () => {
    const { patient, requestId } = await newReleased();
    const key = randomUUID();
    const made = await redisclose(requestId, {}, key);
    expect(made.status).toBe(201);
    expect((await redisclose(requestId, {}, key)).body.redisclosureId).toBe(made.body.redisclosureId);
    const { redisclosureId } = made.body;
    const find = async (): Promise<Line | undefined> => (await historyOf(patient)).find(({ kind }) => kind === 'redisclosure');
    await waitFor(async () => (await find()) !== undefined, 5_000);
    const line = await find();
    expect(line).toMatchObject({
      requestId,
      redisclosureId,
      by: { mspId: 'BetaMSP', role: 'physician' },
      records: 2,
      deletion: { status: 'not-due' },
    });
    expect(JSON.stringify(consortium.ledger.blocks)).not.toContain('Jane Doe');
    const opened = await openRedisclosure(patient.wallet, patient.relationRef, redisclosureId, line?.notice as string);
    expect(opened).toMatchObject({ recipient: 'Dr Jane Doe, rehabilitation', records: [{ version: 1 }, { version: 1 }] });

    const acknowledge = async (): Promise<Answer> =>
      beta.send(`/api/releases/${requestId}/redisclosures/${redisclosureId}/acknowledgements`, {
        ...{ token: await beta.token('physician'), key: randomUUID() },
        body: { told: formatInstant(Date.now()) },
      });
    expect((await acknowledge()).body.code).toBe('DELETION_NOT_DUE');
    await patient.revoke('GammaMSP');
    await waitFor(() => isDeleted(patient, requestId), 10_000);
    expect(await find()).toMatchObject({ deletion: { status: 'outstanding', reason: 'consent-revoked' } });
    expect(await outstandingAt(beta, requestId)).toMatchObject([{ redisclosureId, recipient: 'Dr Jane Doe, rehabilitation' }]);
    expect((await redisclose(requestId)).body.code).toBe('RELEASE_ENDED');
    expect((await acknowledge()).status).toBe(201);
    expect((await acknowledge()).body.code).toBe('DELETION_ALREADY_MADE');
    await waitFor(async () => ((await find())?.deletion as { status: string }).status === 'done', 5_000);
    expect(await outstandingAt(beta, requestId)).toEqual([]);
  });

  it('of a record that may be disclosed to nobody else is refused; of the others it is not', async () => {
    const { requestId } = await newReleased(newSensitiveBundle(), ['laboratory', 'psychiatry']);
    const { resources } = (await read(requestId)).body;
    const idOf = (category: string): string => resources.find((one: Line) => one.category === category).recordId;
    expect((await redisclose(requestId)).body).toMatchObject({ code: 'REDISCLOSURE_FORBIDDEN' });
    expect((await redisclose(requestId, { records: [idOf('psychiatry')] })).body).toMatchObject({ code: 'REDISCLOSURE_FORBIDDEN' });
    expect((await redisclose(requestId, { records: [idOf('laboratory')] })).status).toBe(201);
    expect((await redisclose(requestId, { records: ['A'.repeat(22)] })).body.code).toBe('RESOURCE_NOT_FOUND');
  });
});

describe('keys that an organisation replaced', () => {
  /** The gateway starts again with new keys of these kinds, and all others know them. */
  const replaceKeys = async (gateway: TestGateway, ...kinds: readonly ('signing' | 'sealing')[]): Promise<TestGateway> => {
    for (const kind of kinds) rmSync(join(gateway.data, 'keys', `${kind}.json`));
    const next = await consortium.crashAndRestart(gateway);
    const isKnownTo = ({ store }: TestGateway): boolean => {
      const entry = store.facts.find<Organisation>('organisation', next.mspId)?.value;
      return entry?.signing.x === next.keys.signing.publicJwk.x && entry.encryption[0]?.publicKey === next.keys.sealing.publicKey;
    };
    await waitFor(() => [...consortium.gateways.values()].every(isKnownTo), 10_000);
    return next;
  };
  const verifies = async (
    kind: 'disclosure-receipt' | 'deletion-receipt',
    jws: unknown,
    { signing }: TestGateway['keys'],
  ): Promise<boolean> =>
    verifyJws(kind, jws as string, signing.publicJwk).then(
      () => true,
      () => false,
    );

  it('leave the receipts that they signed standing, and sign no later one', async () => {
    const { patient, requestId } = await newReleased();
    const ended = await newReleased();
    await ended.patient.revoke('GammaMSP');
    await waitFor(() => isDeleted(ended.patient, ended.requestId), 10_000);
    const former = { alpha: alpha.keys, beta: beta.keys };
    alpha = await replaceKeys(alpha, 'signing');
    beta = await replaceKeys(beta, 'signing');

    const { receipt } = (await read(requestId)).body;
    expect([
      await verifies('disclosure-receipt', receipt, former.alpha),
      await verifies('disclosure-receipt', receipt, alpha.keys),
    ]).toEqual([true, false]);
    const later = (await ask(beta, patient.relationRef, ['laboratory'])).body.requestId as string;
    expect(await verifies('disclosure-receipt', (await read(later)).body.receipt, alpha.keys)).toBe(true);

    await patient.revoke('GammaMSP');
    for (const one of [requestId, later]) await waitFor(() => isDeleted(patient, one), 10_000);
    const receipts = (await historyOf(patient)).filter(({ kind }) => kind === 'deletion').map((line) => line.receipt);
    expect(await Promise.all(receipts.map((one) => verifies('deletion-receipt', one, beta.keys)))).toEqual([true, true]);
    const [old] = (await historyOf(ended.patient)).filter(({ kind }) => kind === 'deletion');
    expect(await verifies('deletion-receipt', old?.receipt, former.beta)).toBe(true);

    const rebuilt = new Facts(':memory:', 'GammaMSP');
    for (const block of consortium.ledger.blocks) rebuilt.apply(block);
    for (const type of ['decision', 'deletion', 'organisation'] as const)
      expect(rebuilt.listType(type)).toEqual(consortium.gateway('GammaMSP').store.facts.listType(type));
    expect(rebuilt.signingKeys.list('AlphaMSP' as never).map(({ key }) => key.x)).toEqual(
      [former.alpha, alpha.keys].map(({ signing }) => signing.publicJwk.x),
    );
    rebuilt.close();
  });

  it('open nothing that is sealed from then on: a redisclosure goes to the new one', async () => {
    const { patient, requestId } = await newReleased();
    const former = alpha.keys;
    alpha = await replaceKeys(alpha, 'sealing');
    const { redisclosureId } = (await redisclose(requestId)).body;
    const ref = redisclosureRef(patient.relationRef as never, redisclosureId);
    const sealed = consortium.ledger.twin.world.collections.get('_implicit_org_AlphaMSP')?.get(privateKey(ref))?.value.toString() ?? '';
    const context = { ...ref, recipient: 'AlphaMSP' };
    expect(Buffer.from(await open(alpha.keys.sealing, context, sealed)).toString()).toContain('Dr Jane Doe');
    await expect(open(former.sealing, context, sealed)).rejects.toThrow();
  });
});

describe('a consultation of a consent by staff', () => {
  const look = async (patient: TestPatient, query = '?purpose=TREAT'): Promise<Answer> =>
    beta.send(`/api/relations/${patient.relationRef}/consents${query}`, { token: await beta.token('physician') });
  const consultations = async (patient: TestPatient): Promise<Line[]> =>
    (await historyOf(patient)).filter(({ kind }) => kind === 'consultation');

  it('is shown to the patient: which member, in which role, for what, when; her own looks are not', async () => {
    const { patient } = await newReleased();
    expect((await look(patient)).status).toBe(200);
    expect((await look(patient, '')).status).toBe(200);
    await beta.send(`/api/relations/${patient.relationRef}/consents`, { token: await patient.token('BetaMSP') });
    await waitFor(async () => (await consultations(patient)).length === 2, 10_000);
    const [first, second] = [...(await consultations(patient))].sort((one) => (one.purpose === null ? 1 : -1));
    expect([first, second]).toMatchObject([
      { mspId: 'BetaMSP', role: 'physician', purpose: 'TREAT', consultedAt: expect.any(String) },
      { mspId: 'BetaMSP', role: 'physician', purpose: null },
    ]);
    expect(await beta.store.consultations.list()).toEqual([]);
  });

  it('is answered only when it is kept', async () => {
    const { patient } = await newReleased();
    const put = jest.spyOn(beta.store.consultations, 'put').mockRejectedValue(new Error('the disk is full'));
    const answer = await look(patient);
    put.mockRestore();
    expect([answer.status, answer.body.consents]).toEqual([500, undefined]);
  });

  it('that the ledger has not got when the gateway crashes is shown after its restart', async () => {
    const { patient } = await newReleased();
    beta.carrier.hook = (step) => {
      if (step === 'send') beta.carrier.faults.unreachable = true;
    };
    expect((await look(patient)).status).toBe(200);
    expect(await beta.store.consultations.list()).toHaveLength(1);
    beta = await consortium.crashAndRestart(beta);
    await waitFor(async () => (await consultations(patient)).length === 1, 10_000);
  });
});
