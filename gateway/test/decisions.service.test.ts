import { formatInstant, type ConsentException, type ConsentSet } from '@medaccord/chaincode/model';
import { signJws } from '../src/crypto';
import { endDelegation } from '../src/wallet';
import { TestConsortium, waitFor, type Answer, type TestGateway } from './support/test-consortium';
import { TestDelegate } from './support/test-delegate';
import { newBundle, TestPatient } from './support/test-patient';

jest.setTimeout(30_000);

const consortium = new TestConsortium();
const heightsWithinMs = 600;
let alpha: TestGateway;
let beta: TestGateway;
let patient: TestPatient;
let records: readonly string[];

const permit = (exception: Partial<ConsentException> = {}): ConsentSet => ({
  base: 'deny',
  exceptions: [{ decision: 'permit', categories: ['laboratory'], ...exception }],
});

beforeAll(async () => {
  await consortium.start({ heightsWithinMs });
  [alpha, beta] = [consortium.gateway('AlphaMSP'), consortium.gateway('BetaMSP')];
  patient = new TestPatient(consortium, 'AlphaMSP');
  await patient.register();
  const { resources } = (await patient.import(newBundle(3))).body as { resources: { recordId: string; category: string }[] };
  records = resources.filter(({ category }) => category === 'laboratory').map(({ recordId }) => recordId);
  await patient.checkIn('BetaMSP');
});

afterAll(async () => {
  await consortium.stop();
});

beforeEach(async () => {
  await waitFor(async () => (await check({})).status === 200, 10_000);
});

async function check(body: object, at: TestGateway = alpha, role = 'records'): Promise<Answer> {
  const wish = {
    relationRef: patient.relationRef,
    purpose: 'TREAT',
    ...(at === alpha ? { records } : { categories: ['laboratory'] }),
    ...body,
  };
  return at.send('/api/decisions', { token: await at.token(role), body: wish });
}

/** The decisions on each record, or the code of what was answered instead. */
async function ask(body: object = {}, at: TestGateway = alpha): Promise<string> {
  const answer = await check(body, at);
  if (answer.status !== 200) return answer.body.code as string;
  return (answer.body.decisions as { decision: string; reason?: string }[]).map(({ decision, reason }) => reason ?? decision).join(' ');
}

/** A consent, and the check's word on it once the custodian has it. */
async function consentTo(sets: readonly ConsentSet[]): Promise<void> {
  expect((await patient.consentTo('BetaMSP', sets, 'AlphaMSP')).status).toBe(201);
}

describe("a gateway's own consent check", () => {
  it('answers by the rule for each record, with obligations and the versions that it rests on', async () => {
    await consentTo([permit({ not: { records: [records[0]] as never } })]);
    const { body } = await check({});
    expect(body).toMatchObject({
      relationRef: patient.relationRef,
      purpose: 'TREAT',
      consentVersion: patient.wallet.relations[0]?.consentVersion,
      rulesVersion: 1,
      decisions: [
        { recordId: records[0], decision: 'deny', reason: 'no-permit', obligations: [] },
        { recordId: records[1], decision: 'permit', reason: 'permitted', obligations: [] },
        { recordId: records[2], decision: 'permit', reason: 'permitted', obligations: [] },
      ],
    });
  });

  it('denies what is not the patient’s, or is not held', async () => {
    const other = new TestPatient(consortium, 'AlphaMSP');
    await other.register();
    const { resources } = (await other.import(newBundle(1))).body as { resources: { recordId: string }[] };
    await consentTo([{ base: 'permit', exceptions: [] }]);
    expect(await ask({ records: [records[0], resources[1]?.recordId, 'Z'.repeat(43)] })).toBe('permitted nothing-held nothing-held');
  });

  it('asks for a person as she is attested to the custodian: what is not attested counts against her', async () => {
    await consentTo([permit({ departments: ['cardiology'] })]);
    const person = { department: 'cardiology', role: 'physician', person: 'lee', teams: [] };
    expect(await ask({ records: [records[0]], person })).toBe('permitted');
    expect(await ask({ records: [records[0]], person: { ...person, department: 'dentistry' } })).toBe('no-permit');
    expect(await ask({ records: [records[0]] })).toBe('no-permit');
  });

  it('tells the counterparty whether, for the caller and by category, and never why not', async () => {
    await consentTo([permit({ departments: ['cardiology'] })]);
    await waitFor(() => beta.store.facts.height === consortium.ledger.blocks.length, 5_000);
    const asking = async (department: string): Promise<Answer> => {
      const token = await beta.token('physician', 'lee', 600, { department });
      const body = { relationRef: patient.relationRef, purpose: 'TREAT', categories: ['laboratory', 'imaging'] };
      return beta.send('/api/decisions', { token, body });
    };
    expect((await asking('cardiology')).body.decisions).toEqual([
      { category: 'laboratory', decision: 'permit', obligations: [] },
      { category: 'imaging', decision: 'deny', obligations: [] },
    ]);
    expect((await asking('dentistry')).body.decisions[0]).toEqual({ category: 'laboratory', decision: 'deny', obligations: [] });
    expect(await ask({ categories: undefined, records }, beta)).toBe('NOT_THE_CUSTODIAN');
    expect(await ask({ person: { department: 'cardiology', role: null, person: null, teams: null } }, beta)).toBe('REQUEST_INVALID');
    expect(await ask({ categories: ['laboratory'] }, consortium.gateway('GammaMSP'))).toBe('RELATION_UNKNOWN');
  });

  it('tells every block at once: the answer after a revocation, recorded anywhere, is no', async () => {
    await consentTo([permit()]);
    expect(await ask()).toBe('permitted permitted permitted');
    const committed = alpha.store.facts.height;
    await patient.revoke('GammaMSP');
    await waitFor(() => alpha.store.facts.height > committed, 5_000);
    expect(await ask()).toBe('consent-revoked consent-revoked consent-revoked');
  });

  it('opens what an answer rests on once, and again only after a block that may change it', async () => {
    await consentTo([permit()]);
    await ask();
    const evaluate = jest.spyOn(alpha.carrier, 'evaluate');
    try {
      const other = new TestPatient(consortium, 'AlphaMSP');
      await other.register();
      await other.import(newBundle(1));
      await other.checkIn('BetaMSP');
      expect((await other.consent('BetaMSP', ['laboratory'], 'AlphaMSP')).status).toBe(201);
      evaluate.mockClear();
      expect(await ask()).toBe('permitted permitted permitted');
      expect(evaluate).not.toHaveBeenCalled();
      await consentTo([permit({ roles: ['nobody'] })]);
      expect(await ask()).toBe('no-permit no-permit no-permit');
      expect(evaluate).toHaveBeenCalled();
    } finally {
      evaluate.mockRestore();
    }
  });

  it('tells at once what a delegate signed and what is withheld from that one, the end that makes it void, and her death', async () => {
    const other = new TestPatient(consortium, 'AlphaMSP');
    await other.register();
    const { resources } = (await other.import(newBundle(1))).body as { resources: { recordId: string; category: string }[] };
    const held = resources.filter(({ category }) => category === 'laboratory').map(({ recordId }) => recordId);
    await other.checkIn('BetaMSP', 'AlphaMSP');
    const delegate = new TestDelegate(other);
    const { relationRef } = delegate;
    const asked = (): Promise<string> => ask({ relationRef, records: held });
    await other.consentTo('BetaMSP', [permit()], 'AlphaMSP');
    expect(await asked()).toBe('permitted');
    await delegate.grant({ withheld: ['laboratory'] }, 'AlphaMSP');
    await delegate.consentTo([permit()], 3, 'AlphaMSP');
    expect(await asked()).toBe('withheld-from-delegate');
    const preview = { token: await other.token('AlphaMSP'), body: { sets: [permit()], purposes: ['TREAT'] } };
    const { views } = (await alpha.send(`/api/relations/${relationRef}/preview`, preview)).body as { views: { counts: object }[] };
    expect(views[0]?.counts).toMatchObject({ draft: 1, now: 0 });
    const end = await endDelegation(other.wallet, { relationRef, n: 2, of: 1, after: 2 });
    expect((await alpha.send('/api/delegations', { body: end })).status).toBe(201);
    expect(await asked()).toBe('consent-invalid');
    other.wallet = { ...other.wallet, relations: other.wallet.relations.map((relation) => ({ ...relation, consentVersion: 3 })) };
    await other.consentTo('BetaMSP', [permit()], 'AlphaMSP');
    expect(await asked()).toBe('permitted');
    const death = { token: await alpha.token('registrar'), body: {} };
    expect((await alpha.send(`/api/patients/${other.subjectRef}/death`, death)).status).toBe(201);
    expect(await asked()).toBe('deceased');
  });

  it('does not answer by what a block overtook while it was read', async () => {
    await consentTo([permit()]);
    const honest = alpha.carrier.evaluate.bind(alpha.carrier);
    let isOvertaken = false;
    const evaluate = jest.spyOn(alpha.carrier, 'evaluate').mockImplementation(async (call) => {
      const read = await honest(call);
      if (!isOvertaken) {
        isOvertaken = true;
        await patient.revoke('GammaMSP');
        await waitFor(() => alpha.store.facts.findConsent(patient.relationRef)?.signed.value.status === 'revoked', 5_000);
      }
      return read;
    });
    try {
      expect(await ask()).toBe('consent-revoked consent-revoked consent-revoked');
      expect(isOvertaken).toBe(true);
    } finally {
      evaluate.mockRestore();
    }
  });

  it('drops what it knew of a record with its mark as entered in error', async () => {
    await consentTo([permit()]);
    expect(await ask({ records: [records[2]] })).toBe('permitted');
    const { name } = await consortium.ledger.identity('AlphaMSP', 'records');
    const call = { transaction: 'SetRecordStatus', request: { recordId: records[2], status: 'entered-in-error' } };
    consortium.ledger.commit(await consortium.ledger.endorse(consortium.ledger.identityOf(name), call.transaction, call));
    await waitFor(() => alpha.store.facts.height === consortium.ledger.blocks.length, 5_000);
    expect(await ask({ records: [records[2]] })).toBe('nothing-held');
    records = records.slice(0, 2);
  });

  it('keeps no answer beyond a period of the consent, though nobody changes anything', async () => {
    const until = formatInstant(Date.now() + 1_500);
    await consentTo([permit({ period: { from: formatInstant(0), until } })]);
    const seen = new Set<string>();
    await waitFor(async () => {
      const { at, decisions } = (await check({})).body as { at: string; decisions: { reason: string }[] };
      seen.add(`${at < until ? 'before' : 'from then on'}: ${String(decisions[0]?.reason)}`);
      return at >= until;
    }, 5_000);
    expect([...seen]).toEqual(['before: permitted', 'from then on: no-permit']);
  });

  it('stops by junk at the next number of a consent, which others wrote', async () => {
    await consentTo([permit()]);
    expect(await ask()).toBe('permitted permitted');
    const version = (patient.wallet.relations[0]?.consentVersion ?? 0) + 1;
    consortium.ledger.forge({ [`\u0000consent\u0000${patient.relationRef}\u0000${String(version)}\u0000`]: 'junk' });
    await waitFor(() => alpha.store.facts.height === consortium.ledger.blocks.length, 5_000);
    expect(await ask()).toBe('consent-invalid consent-invalid');
    patient.wallet = {
      ...patient.wallet,
      relations: patient.wallet.relations.map((relation) => ({ ...relation, consentVersion: version })),
    };
    await consentTo([permit()]);
    expect(await ask()).toBe('permitted permitted');
  });

  it('answers nothing unless two other members have signed a height that it holds, not longer ago than the bound', async () => {
    await consentTo([permit()]);
    for (const unreachable of ['BetaMSP', 'GammaMSP'] as const) {
      consortium.unreachable.add(unreachable);
      await waitFor(async () => (await ask()) === 'HEIGHT_NOT_PROVEN', heightsWithinMs + 2_000);
      const { status, headers } = await check({});
      expect([status, headers.get('retry-after')]).toEqual([503, '2']);
      consortium.unreachable.clear();
      await waitFor(async () => (await ask()) === 'permitted permitted', 5_000);
    }
  });

  it('answers nothing while its own peer holds back blocks that two others have', async () => {
    await consentTo([permit()]);
    expect(await ask()).toBe('permitted permitted');
    const release = alpha.carrier.holdBlocks();
    const readHeight = jest.spyOn(alpha.carrier, 'readHeight').mockImplementation(() => Promise.resolve(alpha.store.facts.height));
    try {
      await patient.revoke('GammaMSP');
      await waitFor(async () => (await ask()) === 'HEIGHT_NOT_PROVEN', heightsWithinMs + 3_000);
      expect(alpha.app.readReadiness().projection).toBe(true);
    } finally {
      readHeight.mockRestore();
      release();
    }
    await waitFor(async () => (await ask()) === 'consent-revoked consent-revoked', 5_000);
  });

  it('keeps each consultation before it answers, without a name', async () => {
    const put = jest.spyOn(alpha.store.consultations, 'put');
    await check({});
    const [kept] = put.mock.calls.at(-1) ?? [];
    expect(kept).toMatchObject({ relationRef: patient.relationRef, role: 'records', purpose: 'TREAT' });
    expect(JSON.stringify(kept)).not.toContain('records-1');
    put.mockRejectedValueOnce(new Error('the disk is full'));
    expect((await check({})).status).toBe(500);
    put.mockRestore();
  });
});

describe('a signed height', () => {
  it('is of this gateway, this channel and this very question', async () => {
    const nonce = 'N'.repeat(22);
    const { body } = await beta.send(`/api/height?nonce=${nonce}`);
    const [, payload = ''] = (body.jws as string).split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual({
      mspId: 'BetaMSP',
      channel: 'test',
      nonce,
      height: beta.store.facts.height,
    });
    expect((await beta.send('/api/height')).body.code).toBe('REQUEST_INVALID');
  });

  it.each([
    ['an answer to an earlier question', 0],
    ["another member's answer", 1],
    ['a height that nobody has', 2],
    ['a text without end', 3],
  ])('does not count when it is %s', async (_, forgery) => {
    const honest = alpha.askHttp;
    const first = await (await honest(new URL(`http://beta.test/api/height?nonce=${'N'.repeat(22)}`), {})).text();
    alpha.askHttp = async (url, init) => {
      if (url.hostname !== 'beta.test') return honest(url, init);
      const nonce = url.searchParams.get('nonce') as never;
      const forged = [
        () => Promise.resolve(first),
        async () => (await honest(new URL(`http://gamma.test/api/height?nonce=${String(nonce)}`), {})).text(),
        async () =>
          JSON.stringify({
            jws: await signJws('height', { mspId: 'BetaMSP' as never, channel: 'test', nonce, height: 1e9 }, beta.keys.signing),
          }),
        async () => (await (await honest(url, init)).text()) + ' '.repeat(10_000),
      ][forgery];
      return new Response(await forged?.());
    };
    try {
      await waitFor(async () => (await ask()) === 'HEIGHT_NOT_PROVEN', heightsWithinMs + 3_000);
      // And stays so.
      const until = Date.now() + 1.5 * heightsWithinMs;
      while (Date.now() < until) expect(await ask()).toBe('HEIGHT_NOT_PROVEN');
    } finally {
      alpha.askHttp = honest;
    }
  });
});
