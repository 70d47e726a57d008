import { consentNoticeKey, formatCanonical, type ConsentNotice, type RelationRef } from '@medaccord/chaincode/model';
import { formatEntry } from '../src/cli/format-history';
import { openNotice } from '../src/wallet';
import { declare, passHours } from './support/declare';
import { DELAY, TestCard, validityNow } from './support/test-card';
import { TestConsortium, waitFor, type Answer, type TestGateway } from './support/test-consortium';
import { ask, newBundle, TestPatient } from './support/test-patient';

jest.setTimeout(30_000);

const consortium = new TestConsortium();
let alpha: TestGateway;
let beta: TestGateway;
let card: TestCard;

beforeAll(async () => {
  await consortium.start();
  [alpha, beta] = [consortium.gateway('AlphaMSP'), consortium.gateway('BetaMSP')];
});

beforeEach(async () => {
  card = await TestCard.issue(consortium);
  expect((await card.register()).status).toBe(201);
  expect((await card.import(newBundle(2))).status).toBe(201);
});

afterAll(async () => {
  await consortium.stop();
  jest.useRealTimers();
});

const codeOf = ({ status, body }: Answer): [number, string] => [status, body.code as string];
const readHistory = async (): Promise<readonly ({ readonly kind: string } & Readonly<Record<string, unknown>>)[]> => {
  const { body } = await alpha.send(`/api/relations/${card.relationRef}/history`, { token: await card.token('AlphaMSP') });
  return body.entries;
};
/** What became of a request for laboratory results: 'released', or the reason that only the patient reads. */
const outcome = async (categories: Parameters<typeof ask>[2] = ['laboratory']): Promise<string> => {
  const { body } = await ask(beta, card.relationRef, categories);
  if (body.status !== 'refused') return body.status as string;
  const entry = (await readHistory()).find(({ kind, requestId }) => kind === 'decision' && requestId === body.requestId);
  return ((await openNotice(card.wallet, card.relationRef, body.requestId as string, String(entry?.notice))) as { reason: string }).reason;
};
/** What the custodian's own check says of the category: it releases nothing, and agrees. */
const checked = async (): Promise<string> => {
  const body = { relationRef: card.relationRef, purpose: 'TREAT', categories: ['laboratory'] };
  const check = async (): Promise<Answer> => beta.send('/api/decisions', { token: await beta.token('physician'), body });
  // After the hands of the clock moved the others' heights are asked for again.
  await waitFor(async () => (await check()).status === 200, 5_000);
  return ((await check()).body.decisions as { decision: string }[])[0]?.decision ?? '';
};
const everybodySees = async (): Promise<void> =>
  waitFor(() => [alpha, beta].every(({ store }) => store.facts.height === consortium.ledger.blocks.length), 5_000);
const notices = async (gateway = alpha): Promise<readonly { relationRef: string; version: number }[]> => {
  const { body } = await gateway.send('/api/notices', { token: await gateway.token('records') });
  return (body.notices as { relationRef: string; version: number }[]).filter(({ relationRef }) => relationRef === card.relationRef);
};

describe('a consent by card', () => {
  it('releases after witness, notice and delay, and its history names who did what', async () => {
    expect((await card.permit(['laboratory'])).status).toBe(201);
    expect(await notices()).toMatchObject([{ version: 2 }]);
    expect(await notices(beta)).toEqual([]);
    expect([await outcome(), await checked()]).toEqual(['notice-missing', 'deny']);
    passHours(DELAY + 1);
    expect([await outcome(), await checked()]).toEqual(['notice-missing', 'deny']);
    const told = await card.tell();
    expect(told).toMatchObject({ status: 201, body: { version: 2, channel: 'post', by: { mspId: 'AlphaMSP', role: 'records' } } });
    expect(await notices()).toEqual([]);
    await everybodySees();
    expect([await outcome(), await checked()]).toEqual(['not-yet-valid', 'deny']);
    passHours(DELAY + 1);
    expect([await outcome(), await checked()]).toEqual(['released', 'permit']);
    expect((await card.endAt('GammaMSP')).status).toBe(201);

    const entries = await readHistory();
    expect(entries.filter(({ kind }) => ['relation', 'consent', 'consent-notice', 'consent-end'].includes(kind))).toMatchObject([
      { kind: 'relation', assisted: true },
      { kind: 'consent', version: 1, witness: { by: { mspId: 'AlphaMSP', role: 'registrar' } } },
      { kind: 'consent', version: 2, witness: { by: { mspId: 'AlphaMSP', role: 'registrar' } } },
      { kind: 'consent-notice', version: 2, channel: 'post', by: { mspId: 'AlphaMSP' }, effectiveAt: told.body.effectiveAt },
      { kind: 'consent-end', version: 2, by: { mspId: 'GammaMSP', role: 'registrar' } },
    ]);
    const lines = entries
      .filter(({ kind }) => kind.startsWith('consent'))
      .map((entry) =>
        formatEntry(entry as never)
          .split('  ')
          .at(-1)
          ?.trim(),
      );
    expect(lines).toEqual([
      expect.stringMatching(/^version 1 in-force, assisted, witness \S{8} of AlphaMSP$/),
      expect.stringMatching(/^version 2 in-force, assisted, witness \S{8} of AlphaMSP$/),
      expect.stringMatching(/^AlphaMSP gave notice of version 2 \(post\), by \S{8}: counts from /),
      expect.stringMatching(/^ended up to version 2 on the patient's word, by \S{8} of GammaMSP$/),
    ]);
  });

  it('never opens what is sensitive, whatever it names', async () => {
    const bundle = newBundle(1) as { entry: { resource: { meta?: object } }[] };
    const security = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }];
    (bundle.entry.at(-1) as { resource: { meta?: object } }).resource.meta = { security };
    await card.import(bundle);
    await card.permit(['laboratory', 'psychiatry']);
    await card.tell();
    passHours(DELAY + 1);
    const { body } = await ask(beta, card.relationRef, ['laboratory']);
    expect(body).toMatchObject({ status: 'released', records: 2 });
    expect(await outcome(['psychiatry'])).toBe('beyond-assisted');
  });

  it('is refused where only a signature is asked for, and from anybody but a registrar of the custodian', async () => {
    const relation = await card.signRelation();
    const needed = [403, 'ASSISTED_WITNESS_NEEDED'];
    for (const gateway of [alpha, beta]) expect(codeOf(await gateway.send('/api/relations', { body: relation }))).toEqual(needed);
    expect(codeOf(await card.desk('/api/assisted/relations', relation, { role: 'records' }))).toEqual([403, 'ROLE_NOT_ALLOWED']);
    expect(codeOf(await alpha.send('/api/assisted/relations', { body: relation }))).toEqual([401, 'TOKEN_MISSING']);
    const elsewhere = await beta.send('/api/assisted/relations', { token: await beta.token('registrar'), body: relation });
    expect(codeOf(elsewhere)).toEqual(needed);
    expect((await card.desk('/api/assisted/relations', relation)).status).toBe(201);

    const consent = await card.signConsent(['laboratory']);
    await everybodySees();
    for (const gateway of [alpha, beta]) expect(codeOf(await gateway.send('/api/consents', { body: consent }))).toEqual(needed);
    expect(codeOf(await card.desk('/api/assisted/consents', consent, { role: 'physician' }))).toEqual([403, 'ROLE_NOT_ALLOWED']);
    expect((await card.desk('/api/assisted/consents', consent)).status).toBe(201);
  });

  it('is refused without the card, and when it would count too early', async () => {
    await card.permit(['laboratory']);
    const other = await TestCard.issue(consortium);
    await other.register();
    await other.signRelation();
    other.wallet = { ...other.wallet, relations: card.wallet.relations };
    other.relationRef = card.relationRef;
    expect((await card.desk('/api/assisted/consents', await other.signConsent(['imaging']))).body.code).toBe('SIGNATURE_INVALID');
    const { until } = validityNow();
    const early = await card.signConsent(['imaging'], { from: new Date().toISOString() as never, until });
    expect(codeOf(await card.desk('/api/assisted/consents', early))).toEqual([422, 'ASSISTED_TOO_EARLY']);
  });

  it('cannot be made an ordinary one: what the card signs without the mark is never decided on', async () => {
    const sly = await card.signRelation('BetaMSP', {});
    expect((await beta.send('/api/relations', { body: sly })).status).toBe(201);
    expect(codeOf(await card.desk('/api/assisted/consents', await card.signConsent(['laboratory'])))).toEqual([
      422,
      'RELATION_NOT_ASSISTED',
    ]);
    card.wallet = { ...card.wallet, relations: card.wallet.relations.map((one) => ({ ...one, consentVersion: 1 })) };
    expect((await card.consent('BetaMSP', ['laboratory'])).status).toBe(201);
    expect(await outcome()).toBe('document-missing');
  });

  it('needs a notice by another person than the witness, whatever role and certificate that one comes with', async () => {
    await card.permit(['laboratory']);
    expect(codeOf(await card.tell(2, { role: 'registrar', subject: 'ruth' }))).toEqual([403, 'NOTICE_BY_WITNESS']);
    expect(codeOf(await card.tell(2, { role: 'records', subject: 'ruth' }))).toEqual([403, 'NOTICE_BY_WITNESS']);
    const path = `/api/relations/${card.relationRef}/notices`;
    await everybodySees();
    const elsewhere = await beta.send(path, { token: await beta.token('records'), body: { version: 2, channel: 'post' } });
    expect(codeOf(elsewhere)).toEqual([403, 'NOT_THE_CUSTODIAN']);
    expect((await card.tell(2)).status).toBe(201);
    expect((await card.tell(2)).status).toBe(201);
    expect(codeOf(await card.tell(2, { channel: 'telephone' }))).toEqual([409, 'NOTICE_ALREADY_RECORDED']);
  });

  it('is not released on a notice that other members made up', async () => {
    await card.permit(['laboratory']);
    const relationRef = card.relationRef as RelationRef;
    const { person, by } = { person: 'p'.repeat(42) + 'A', by: { mspId: 'AlphaMSP', role: 'records', actor: 'a'.repeat(42) + 'A' } };
    const times = { at: '2026-01-01T00:00:00.000Z', effectiveAt: '2026-01-04T00:00:00.000Z' };
    const forged = { relationRef, version: 2, channel: 'post', by, person, ...times } as unknown as ConsentNotice;
    consortium.ledger.forge({ [consentNoticeKey(relationRef, 2)]: formatCanonical(forged) });
    await everybodySees();
    passHours(DELAY + 1);
    expect([await outcome(), await checked()]).toEqual(['notice-missing', 'deny']);
  });

  it('gives way to an emergency, which asks no consent', async () => {
    await card.permit(['laboratory']);
    expect((await declare(beta, card.relationRef)).body).toMatchObject({ status: 'released', records: 2 });
  });
});

describe('what a card permitted ends at once', () => {
  beforeEach(async () => {
    await card.permit(['laboratory']);
    await card.tell();
    passHours(DELAY + 1);
    await everybodySees();
  });

  it('with the card, through any member, by its signature alone', async () => {
    expect(await outcome()).toBe('released');
    expect((await card.revoke('GammaMSP')).status).toBe(201);
    await everybodySees();
    expect([await outcome(), await checked()]).toEqual(['consent-revoked', 'deny']);
  });

  it.each(['AlphaMSP', 'BetaMSP', 'GammaMSP'])('without the card, on her word, by a registrar of %s', async (mspId) => {
    const { body } = await ask(beta, card.relationRef, ['laboratory']);
    const copy = `/api/releases/${String(body.requestId)}`;
    expect((await beta.send(copy, { token: await beta.token('physician') })).status).toBe(200);
    const ended = await card.endAt(mspId);
    expect(ended).toMatchObject({ status: 201, body: { version: 2, by: { mspId, role: 'registrar' } } });
    await everybodySees();
    expect([await outcome(), await checked()]).toEqual(['consent-ended', 'deny']);
    expect(codeOf(await beta.send(copy, { token: await beta.token('physician') }))).toEqual([410, 'RELEASE_ENDED']);
    const isDeleted = async (): Promise<boolean> =>
      (await readHistory()).some(({ kind, reason }) => kind === 'deletion' && reason === 'consent-ended');
    await waitFor(isDeleted, 10_000);
  });

  it('and comes back only with another version, witness, notice and delay', async () => {
    await card.endAt('GammaMSP');
    await everybodySees();
    expect((await card.desk('/api/assisted/consents', await card.signConsent(['laboratory']))).status).toBe(201);
    passHours(DELAY + 1);
    expect(await outcome()).toBe('notice-missing');
    expect((await card.tell(3)).status).toBe(201);
    passHours(DELAY + 1);
    expect(await outcome()).toBe('released');
  });

  it('not by anybody else, and never so what a patient signed with keys of her own', async () => {
    expect(codeOf(await card.endAt('GammaMSP', 'records'))).toEqual([403, 'ROLE_NOT_ALLOWED']);
    const own = new TestPatient(consortium, 'AlphaMSP');
    await own.register();
    await own.checkIn('BetaMSP');
    await everybodySees();
    const path = `/api/relations/${own.relationRef}/end`;
    const answer = await alpha.send(path, { token: await alpha.token('registrar'), key: 'k'.repeat(22), body: {} });
    expect(codeOf(answer)).toEqual([422, 'RELATION_NOT_ASSISTED']);
  });

  it('for the read model as it is rebuilt from the first block', async () => {
    await card.endAt('GammaMSP');
    await everybodySees();
    const before = JSON.stringify(await readHistory());
    const again = await consortium.crashAndRestart(alpha);
    again.store.facts.clear();
    alpha = await consortium.crashAndRestart(again);
    await everybodySees();
    expect(JSON.stringify(await readHistory())).toBe(before);
  });
});
