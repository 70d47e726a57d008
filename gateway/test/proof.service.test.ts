import { randomUUID } from 'node:crypto';
import {
  formatCanonical,
  formatInstant,
  protocolPreimage,
  referralKey,
  type Digest,
  type Proof,
  type Purpose,
  type ReferralId,
  type RelationKind,
} from '@medaccord/chaincode/model';
import { commit } from '../src/crypto';
import { openNotice } from '../src/wallet';
import type { Answer } from './support/door';
import { TestConsortium, waitFor, type TestGateway } from './support/test-consortium';
import { ask, newBundle, TestPatient } from './support/test-patient';

/** A purpose is proved, not asserted: by the relation, a referral of the custodian, a claim, or a study that an authority approved. */
const consortium = new TestConsortium();
let [alpha, beta, gamma]: TestGateway[] = [];
let patient: TestPatient;

beforeAll(async () => {
  await consortium.start({}, { GammaMSP: 'authority' });
  [alpha, beta, gamma] = ['AlphaMSP', 'BetaMSP', 'GammaMSP'].map((mspId) => consortium.gateway(mspId));
  patient = new TestPatient(consortium, 'AlphaMSP');
  await patient.register();
  await patient.import(newBundle(2));
}, 30_000);

afterEach(() => {
  alpha!.carrier.hook = () => undefined;
});

afterAll(async () => {
  await consortium.stop();
});

/** A new relation whose consent permits everything: what is refused is refused for want of a proof. */
const relate = async (...kinds: readonly RelationKind[]): Promise<void> => {
  await patient.checkIn('BetaMSP', 'BetaMSP', kinds);
  expect((await patient.consentTo('BetaMSP', [{ base: 'permit', exceptions: [] }])).status).toBe(201);
};
const around = { from: formatInstant(Date.now() - 60_000), until: formatInstant(Date.now() + 3_600_000) };

const postReferral = async (gateway: TestGateway, more: object = {}, key: string = randomUUID()): Promise<Answer> =>
  gateway.send('/api/referrals', {
    token: await gateway.token('physician'),
    key,
    body: { relationRef: patient.relationRef, validity: around, ...more },
  });
const refer = async (): Promise<Extract<Proof, { kind: 'referral' }>> => {
  const { status, body } = await postReferral(alpha!);
  expect(status).toBe(201);
  return { kind: 'referral', referralId: body.referralId as ReferralId };
};
const endReferral = async (gateway: TestGateway, referralId: string): Promise<Answer> =>
  gateway.send(`/api/referrals/${referralId}/end`, {
    token: await gateway.token('records'),
    body: { relationRef: patient.relationRef },
  });
const postStudy = async (gateway: TestGateway, more: object = {}): Promise<Answer> =>
  gateway.send('/api/studies', {
    token: await gateway.token('ethics-officer'),
    key: randomUUID(),
    body: { sponsors: ['BetaMSP'], purposes: ['CLINTRCH'], validity: around, protocol: 'A'.repeat(43), ...more },
  });

/** How a request ends, and what the patient is told of it. */
const outcomeOf = async (purpose: Purpose, proof?: Proof): Promise<string> => {
  const { body } = await ask(beta!, patient.relationRef, ['laboratory'], { purpose, ...(proof && { proof }) });
  expect(body).toMatchObject({ purpose, proof: proof ?? null });
  const { requestId, notice } = (await historyOf()).findLast(({ kind }) => kind === 'decision') as unknown as Record<string, string>;
  expect(requestId).toBe(body.requestId);
  const told = (await openNotice(patient.wallet, patient.relationRef, requestId!, notice!)) as { reason: string; proof: unknown };
  expect(told.proof).toEqual(proof ?? null);
  return `${body.status as string}: ${told.reason}`;
};
const historyOf = async (): Promise<readonly Record<string, unknown>[]> => {
  const token = await patient.token('AlphaMSP');
  return (await alpha!.send(`/api/relations/${patient.relationRef}/history`, { token })).body.entries as Record<string, unknown>[];
};

describe('treatment', () => {
  it('that a member only asserts is refused, and the patient is told why', async () => {
    await relate('cover', 'research');
    expect(await outcomeOf('TREAT')).toBe('refused: relation-kind');
    expect(await outcomeOf('TREAT', { kind: 'referral', referralId: 'x'.repeat(43) as ReferralId })).toBe('refused: purpose-not-proved');
  });

  it('is proved by a referral of the custodian until that ends it; the history shows both', async () => {
    await relate('cover');
    const referral = await refer();
    expect(await outcomeOf('TREAT', referral)).toBe('released: permitted');
    const shown = { kind: 'referral', referralId: referral.referralId, by: { mspId: 'AlphaMSP', role: 'physician' }, validity: around };
    expect(await historyOf()).toContainEqual(expect.objectContaining({ ...shown, by: expect.objectContaining(shown.by), endedAt: null }));
    const ended = await endReferral(alpha!, referral.referralId);
    expect([ended.status, ended.body.endedAt]).toEqual([200, expect.any(String)]);
    expect((await endReferral(alpha!, referral.referralId)).body).toEqual(ended.body);
    expect(await outcomeOf('TREAT', referral)).toBe('refused: proof-ended');
    expect(await historyOf()).toContainEqual(
      expect.objectContaining({ kind: 'referral', at: ended.body.endedAt, endedAt: ended.body.endedAt }),
    );
    const path = `/api/relations/${patient.relationRef}/referrals`;
    const { body } = await beta!.send(path, { token: await beta!.token('physician') });
    expect(body.referrals).toEqual([ended.body]);
  });

  it('is not proved by a referral that two members wrote together: the request is refused, not held up', async () => {
    await relate('cover');
    const { referralId } = await refer();
    const genuine = alpha!.store.facts.find('referral', patient.relationRef, referralId)!.value as object;
    const forged = 'f'.repeat(43) as ReferralId;
    consortium.ledger.forge({ [referralKey(patient.relationRef as never, forged)]: formatCanonical({ ...genuine, referralId: forged }) });
    expect(await outcomeOf('TREAT', { kind: 'referral', referralId: forged })).toBe('refused: purpose-not-proved');
  });

  it.each(['sent DecideRelease', 'endorse DeliverRecords', 'send DeliverRecords'])(
    'whose referral ends when the custodian is at "%s" is not delivered',
    async (when) => {
      await relate('cover');
      const proof = await refer();
      const steps: string[] = [];
      alpha!.carrier.hook = async (step, { transaction }) => {
        steps.push(`${step} ${transaction}`);
        if (steps.at(-1) === when && steps.filter((one) => one === when).length === 1) await endReferral(alpha!, proof.referralId);
      };
      const { requestId } = (await ask(beta!, patient.relationRef, ['laboratory'], { proof, wait: 1 })).body as { requestId: string };
      const answered = (): string | undefined =>
        alpha!.logged.find((line) => line.includes('request answered') && line.includes(requestId));
      await waitFor(() => answered() !== undefined, 10_000);
      expect(JSON.parse(answered()!)).toMatchObject({ outcome: 'withdrawn' });
      expect(alpha!.store.facts.list('delivery', patient.relationRef)).toEqual([]);
    },
    20_000,
  );
});

describe('a referral', () => {
  it("is the custodian's own: nobody refers a patient of another to itself, or in no relation", async () => {
    await relate('cover');
    const own = await postReferral(beta!);
    expect([own.status, own.body.code]).toEqual([403, 'NOT_THE_CUSTODIAN']);
    const nowhere = await postReferral(alpha!, { relationRef: 'x'.repeat(43) });
    expect([nowhere.status, nowhere.body.code]).toEqual([404, 'RELATION_UNKNOWN']);
    const { referralId } = await refer();
    expect((await endReferral(beta!, referralId)).body.code).toBe('NOT_THE_CUSTODIAN');
    expect((await endReferral(alpha!, 'x'.repeat(43))).body.code).toBe('RESOURCE_NOT_FOUND');
  });

  it('is one, however often it is sent', async () => {
    await relate('cover');
    const key = randomUUID();
    const [first, again] = [await postReferral(alpha!, {}, key), await postReferral(alpha!, {}, key)];
    expect(again.body).toEqual(first.body);
    expect((await postReferral(alpha!)).body.referralId).not.toBe(first.body.referralId);
  });

  it('has a validity that is one', async () => {
    for (const validity of [{ from: around.until, until: around.from }, { from: '2026-01-01', until: '2026-02-01' }, null])
      expect((await postReferral(alpha!, { validity })).body.code).toBe('REQUEST_INVALID');
  });
});

describe('payment', () => {
  it('needs a claim that the hospital made', async () => {
    await relate('cover');
    const claim = { kind: 'claim', claimId: 'c'.repeat(22) } as Proof;
    expect(await outcomeOf('HPAYMT')).toBe('refused: purpose-not-proved');
    expect(await outcomeOf('COVERAGE', claim)).toBe('refused: purpose-not-proved');
  });
});

describe('research', () => {
  it('needs a study of the sponsor that an authority approved, and a relation of research', async () => {
    await relate('research');
    const study = await postStudy(gamma!);
    expect(study.status).toBe(201);
    const proof = { kind: 'study', studyId: study.body.studyId } as Proof;
    expect(await outcomeOf('CLINTRCH')).toBe('refused: purpose-not-proved');
    expect(await outcomeOf('CLINTRCHPC', proof)).toBe('released: permitted');
    expect(await outcomeOf('HRESCH', proof)).toBe('refused: purpose-not-proved');
    const others = await postStudy(gamma!, { sponsors: ['AlphaMSP'] });
    expect(await outcomeOf('CLINTRCH', { kind: 'study', studyId: others.body.studyId as never })).toBe('refused: purpose-not-proved');
    const path = `/api/studies/${study.body.studyId as string}/end`;
    const ended = await gamma!.send(path, { method: 'POST', token: await gamma!.token('ethics-officer') });
    expect(ended.status).toBe(200);
    expect(await outcomeOf('CLINTRCH', proof)).toBe('refused: proof-ended');
    await relate('care');
    expect(await outcomeOf('CLINTRCH', { kind: 'study', studyId: (await postStudy(gamma!)).body.studyId as never })).toBe(
      'refused: relation-kind',
    );
    const { body } = await beta!.send('/api/studies', { token: await beta!.token('researcher') });
    expect(body.studies).toContainEqual(ended.body);
  }, 20_000);

  it('is approved by an authority alone, and ended by none but its own', async () => {
    const own = await postStudy(beta!);
    expect([own.status, own.body.code]).toEqual([403, 'CALLER_NOT_AUTHORITY']);
    const { studyId } = (await postStudy(gamma!)).body as { studyId: string };
    await waitFor(() => beta!.store.facts.find('study', studyId) !== undefined, 5_000);
    const end = await beta!.send(`/api/studies/${studyId}/end`, { method: 'POST', token: await beta!.token('ethics-officer') });
    expect([end.status, end.body.code]).toEqual([403, 'STUDY_NOT_OWN']);
    expect((await postStudy(gamma!, { purposes: ['TREAT'] })).body.code).toBe('REQUEST_INVALID');
  });

  it('tells by commitment and salt which protocol was approved, and without the salt nobody', async () => {
    const protocol = Buffer.alloc(32, 7).toString('base64url') as Digest;
    const { body } = await postStudy(gamma!, { protocol });
    expect(body.protocol).toBe(await commit(protocolPreimage(protocol, body.protocolSalt)));
    const { body: listed } = await gamma!.send('/api/studies', { token: await gamma!.token('auditor') });
    expect(JSON.stringify(listed)).toContain(body.protocol);
    expect(JSON.stringify(listed)).not.toContain(body.protocolSalt);
  });
});

describe('who asks', () => {
  it('has the role of the purpose, and reads only what came for it', async () => {
    await relate('care', 'cover');
    for (const [purpose, role] of [
      ['TREAT', 'insurer-clerk'],
      ['HPAYMT', 'physician'],
      ['HRESCH', 'physician'],
      ['HOPERAT', 'nurse'],
      ['TREAT', 'public-health-officer'],
    ] as const) {
      const answer = await ask(beta!, patient.relationRef, ['laboratory'], { purpose, token: await beta!.token(role) });
      expect([answer.status, answer.body.code]).toEqual([403, 'ROLE_NOT_ALLOWED']);
    }
    const { requestId } = (await ask(beta!, patient.relationRef, ['laboratory'])).body as { requestId: string };
    for (const path of [`/api/releases/${requestId}`, `/api/access-requests/${requestId}`]) {
      for (const role of ['physician', 'nurse']) expect((await beta!.send(path, { token: await beta!.token(role) })).status).toBe(200);
      for (const role of ['insurer-clerk', 'researcher', 'public-health-officer'])
        expect((await beta!.send(path, { token: await beta!.token(role) })).body.code).toBe('RESOURCE_NOT_FOUND');
    }
  });
});
