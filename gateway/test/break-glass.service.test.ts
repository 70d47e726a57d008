import {
  breakGlassKey,
  deletionKey,
  type Commitment,
  type ConsentSet,
  type MspId,
  type RelationRef,
  type RequestId,
} from '@medaccord/chaincode/model';
import { formatEntry } from '../src/cli/format-history';
import { openNotice } from '../src/wallet';
import { declare, passHours, review } from './support/declare';
import { TestConsortium, waitFor, type Answer, type TestGateway } from './support/test-consortium';
import { newBundle, TestPatient } from './support/test-patient';

const STATEMENT = 'Canary: found unconscious beside her bicycle';
const nothing: ConsentSet = { base: 'deny', exceptions: [] };
const refusal: ConsentSet = { base: 'permit', exceptions: [{ decision: 'deny', purposes: ['ETREAT'] }] };

describe('break-glass over HTTP', () => {
  const consortium = new TestConsortium();
  let alpha: TestGateway;
  let beta: TestGateway;
  let gamma: TestGateway;
  let patient: TestPatient;

  beforeAll(async () => {
    await consortium.start();
    [alpha, beta, gamma] = [consortium.gateway('AlphaMSP'), consortium.gateway('BetaMSP'), consortium.gateway('GammaMSP')];
  }, 30_000);

  beforeEach(async () => {
    patient = new TestPatient(consortium, 'AlphaMSP');
    await patient.register();
    await patient.import(newBundle(2));
    await patient.checkIn('BetaMSP');
  });

  afterAll(async () => {
    await consortium.stop();
    jest.useRealTimers();
  });

  const nameOf = ({ body }: Answer): { relationRef: string; requester: string; requestId: string } => ({
    relationRef: body.relationRef,
    requester: 'BetaMSP',
    requestId: body.requestId,
  });
  const read = async (gateway: TestGateway, { relationRef, requester, requestId }: ReturnType<typeof nameOf>): Promise<Answer> =>
    gateway.send(`/api/break-glass/${relationRef}/${requester}/${requestId}`, { token: await gateway.token('auditor') });
  const countBeta = async (): Promise<Record<string, number>> => {
    const { body } = await gamma.send('/api/break-glass/statistics', { token: await gamma.token('auditor') });
    return body.organisations.find(({ mspId }: { mspId: string }) => mspId === 'BetaMSP');
  };
  const readHistory = async (): Promise<readonly { kind: string; requestId?: string; notice?: string }[]> => {
    const { body } = await alpha.send(`/api/relations/${patient.relationRef}/history`, { token: await patient.token('AlphaMSP') });
    return body.entries;
  };
  /** What the patient reads about a request, opened with her key. */
  const openReason = async (requestId: string): Promise<{ reason: string }> => {
    const entry = (await readHistory()).find(({ kind, requestId: id }) => kind === 'decision' && id === requestId);
    return (await openNotice(patient.wallet, patient.relationRef, requestId, String(entry?.notice))) as { reason: string };
  };
  const everybodySees = async (): Promise<void> =>
    waitFor(() => [alpha, beta, gamma].every(({ store }) => store.facts.height === consortium.ledger.blocks.length), 5_000);

  it('releases what no consent permits, tells the patient at once who, why and until when, and is reviewed by another organisation', async () => {
    const declared = await declare(beta, patient.relationRef, { statement: STATEMENT });
    expect(declared.body).toMatchObject({ status: 'released', records: 2, purpose: 'ETREAT', decision: { until: expect.any(String) } });
    const { requestId } = declared.body;
    const release = await beta.send(`/api/releases/${requestId}`, { token: await beta.token('physician') });
    expect(release.body.resources).toHaveLength(2);

    const name = nameOf(declared);
    const reviewed = await review(alpha, name, { outcome: 'justified' });
    expect(reviewed).toMatchObject({
      status: 201,
      body: { review: { outcome: 'justified', by: { mspId: 'AlphaMSP', role: 'auditor' }, isLate: false } },
    });
    const { until } = declared.body.decision;
    const entries = (await readHistory()).filter(({ kind }) => ['request', 'decision', 'review'].includes(kind));
    expect(entries).toMatchObject([
      { kind: 'request', purpose: 'ETREAT', breakGlass: { reviewBy: reviewed.body.reviewBy } },
      { kind: 'decision', outcome: 'released', breakGlass: { until } },
      { kind: 'review', outcome: 'justified', by: { mspId: 'AlphaMSP' }, isLate: false },
    ]);
    const opened = await openReason(requestId);
    const lines = entries.map((entry) => formatEntry({ ...entry, opened } as never));
    expect(lines.map((line) => line.split('  ').at(-1)?.trim())).toEqual([
      'BetaMSP declares an emergency, ETREAT',
      `released, 2 resources, consent 1 (break-glass; unconscious: ${STATEMENT}), readable until ${until}`,
      'AlphaMSP reviews the emergency: justified',
    ]);
    expect(opened).toMatchObject({
      reason: 'break-glass',
      emergency: { reason: 'unconscious', statement: STATEMENT },
      person: { department: 'emergency', person: 'dr-lee' },
    });
    const public_ = JSON.stringify([consortium.ledger.blocks, [...consortium.ledger.calls.values()].map(({ request }) => request)]);
    for (const secret of [STATEMENT, 'unconscious', 'dr-lee']) {
      expect([secret, public_.includes(secret), [alpha, beta, gamma].some(({ logged }) => logged.join().includes(secret))]).toEqual([
        secret,
        false,
        false,
      ]);
    }
  }, 30_000);

  it('opens nothing sensitive and nothing beside the emergency subset, and tells why', async () => {
    const bundle = newBundle(2) as { entry: { resource: { resourceType: string; meta?: object } }[] };
    const marked = bundle.entry.find(({ resource }) => resource.resourceType === 'Observation');
    if (marked !== undefined)
      marked.resource.meta = { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'HIV' }] };
    await patient.import(bundle);
    await patient.consentTo('BetaMSP', [
      { base: 'permit', exceptions: [{ decision: 'permit', categories: ['hiv'], purposes: ['ETREAT'] }] },
    ]);
    const declared = await declare(beta, patient.relationRef, { categories: ['laboratory', 'hiv', 'demographics'] });
    expect(declared.body).toMatchObject({ status: 'released', records: 3 });
    const beside = await declare(beta, patient.relationRef, { categories: ['hiv', 'demographics'] });
    expect(beside.body).toMatchObject({ status: 'refused', refusal: { code: 'NOT_PERMITTED' } });
    expect(await openReason(beside.body.requestId)).toMatchObject({ reason: 'not-emergency-subset' });
  }, 30_000);

  it('asks no consent that is revoked, but keeps to an express refusal, also after a revocation', async () => {
    await patient.consentTo('BetaMSP', [nothing]);
    await patient.revoke('GammaMSP');
    await everybodySees();
    const released = await declare(beta, patient.relationRef);
    expect(released.body).toMatchObject({ status: 'released' });
    await patient.consentTo('BetaMSP', [refusal]);
    for (const end of [() => Promise.resolve(), () => patient.revoke('GammaMSP')]) {
      await end();
      await everybodySees();
      const refused = await declare(beta, patient.relationRef);
      expect(refused.body).toMatchObject({ status: 'refused' });
      expect(await openReason(refused.body.requestId)).toMatchObject({ reason: 'denied' });
    }
    // What was released before ends with its time box, not with a consent that it does not rest on.
    const { requestId } = released.body;
    const kept = await beta.send(`/api/releases/${requestId}`, { token: await beta.token('physician') });
    expect(kept.body.resources).toHaveLength(2);
    expect((await readHistory()).find((entry) => entry.kind === 'decision' && entry.requestId === requestId)).toMatchObject({
      basis: 'break-glass',
      deletion: { status: 'not-due' },
    });
  }, 30_000);

  it('is declared with a reason and a statement, and for purposes of emergencies only', async () => {
    const send = async (body: object): Promise<[number, unknown]> => {
      const token = await beta.token('physician');
      const answer = await beta.send('/api/access-requests', {
        token,
        key: crypto.randomUUID(),
        body: { relationRef: patient.relationRef, categories: ['laboratory'], ...body },
      });
      return [answer.status, answer.body.code];
    };
    const emergency = { reason: 'unconscious', statement: 'x' };
    for (const body of [
      { purpose: 'ETREAT' },
      { purpose: 'BTG' },
      { purpose: 'TREAT', emergency },
      { purpose: 'ETREAT', emergency: { ...emergency, reason: 'curious' } },
      { purpose: 'ETREAT', emergency: { ...emergency, statement: ' ' } },
      { purpose: 'ETREAT', emergency: { ...emergency, statement: 'x'.repeat(501) } },
      { purpose: 'ETREAT', emergency: { ...emergency, statement: 'a\u0000b' } },
    ]) {
      expect(await send(body)).toEqual([400, 'REQUEST_INVALID']);
    }
  });

  it('in vain outside a relation: it is refused, and the patient sees who tried', async () => {
    expect((await declare(gamma, patient.relationRef)).body).toMatchObject({ status: 'refused' });
    await everybodySees();
    expect((await readHistory()).at(-2)).toMatchObject({ kind: 'request', purpose: 'ETREAT', by: { mspId: 'GammaMSP' }, party: false });
    const { body } = await alpha.send('/api/break-glass', { token: await alpha.token('auditor') });
    expect(body.declarations.filter(({ requester }: { requester: string }) => requester === 'GammaMSP')).toEqual([]);
  });

  it('shows what was stated to the custodian and the declaring organisation; a third reviews what they hand over, none its own', async () => {
    const name = nameOf(await declare(beta, patient.relationRef, { statement: STATEMENT }));
    await everybodySees();
    const [atAlpha, atBeta, atGamma] = [await read(alpha, name), await read(beta, name), await read(gamma, name)];
    expect(atAlpha.body.stated).toMatchObject({ reason: 'unconscious', statement: STATEMENT, person: { person: 'dr-lee' } });
    expect(atBeta.body.stated).toEqual(atAlpha.body.stated);
    expect(atGamma.body).toMatchObject({ stated: null, outcome: 'released', isOverdue: false });

    const before = await countBeta();
    expect((await review(beta, name, { outcome: 'justified' })).body).toMatchObject({ code: 'REVIEWER_NOT_INDEPENDENT' });
    expect((await review(gamma, name, { outcome: 'justified' })).body).toMatchObject({ code: 'REQUEST_INVALID' });
    const altered = atAlpha.body.stated.text.replace('unconscious', 'incapacitated');
    expect((await review(gamma, name, { outcome: 'justified', declaration: altered })).body).toMatchObject({ code: 'REQUEST_INVALID' });
    const done = await review(gamma, name, { outcome: 'unjustified', declaration: atAlpha.body.stated.text });
    expect(done).toMatchObject({ status: 201, body: { review: { outcome: 'unjustified', by: { mspId: 'GammaMSP' } } } });
    await everybodySees();
    expect((await review(alpha, name, { outcome: 'justified' })).body).toMatchObject({ code: 'REVIEW_ALREADY_MADE' });
    const { open = 0, unjustified = 0 } = before;
    expect(await countBeta()).toMatchObject({ open: open - 1, unjustified: unjustified + 1 });
  }, 30_000);

  it('is nothing that anybody else reads or reviews: auditors only, and only what was declared', async () => {
    const name = nameOf(await declare(beta, patient.relationRef));
    const path = `/api/break-glass/${name.relationRef}/${name.requester}/${name.requestId}`;
    for (const where of ['/api/break-glass', '/api/break-glass/statistics', path]) {
      expect((await alpha.send(where, { token: await alpha.token('physician') })).body).toMatchObject({ code: 'ROLE_NOT_ALLOWED' });
      expect((await alpha.send(where, { token: await patient.token('AlphaMSP') })).body).toMatchObject({ code: 'ROLE_NOT_ALLOWED' });
    }
    const unknown = { ...name, requestId: 'A'.repeat(22) };
    expect((await read(alpha, unknown)).body).toMatchObject({ code: 'RESOURCE_NOT_FOUND' });
    expect((await review(alpha, unknown, { outcome: 'justified' })).body).toMatchObject({ code: 'RESOURCE_NOT_FOUND' });
    expect((await read(alpha, { ...name, requester: 'GammaMSP' })).body).toMatchObject({ code: 'RESOURCE_NOT_FOUND' });
  });

  it('ends with its time box, and its copy is deleted; an overdue review blocks the department, and no other, until somebody reviews it, whatever colluders empty', async () => {
    const [department, other] = ['trauma', 'stroke'];
    const mspId = 'BetaMSP' as MspId;
    const declared = await declare(beta, patient.relationRef, { department });
    expect(declared.body).toMatchObject({ status: 'released' });
    const name = nameOf(declared);
    const isRead = async (): Promise<Answer> => beta.send(`/api/releases/${name.requestId}`, { token: await beta.token('physician') });
    expect((await isRead()).status).toBe(200);

    passHours(24);
    expect((await isRead()).body).toMatchObject({ status: 410, code: 'RELEASE_ENDED' });

    passHours(49);
    const blocked = await declare(beta, patient.relationRef, { department });
    expect(blocked.body).toMatchObject({ status: 422, code: 'BREAK_GLASS_BLOCKED', details: { requestId: name.requestId } });
    expect((await declare(beta, patient.relationRef, { department: other })).body).toMatchObject({ status: 'released' });
    await waitFor(
      () =>
        alpha.store.facts.findKey(deletionKey(patient.relationRef as RelationRef, mspId, name.requestId as RequestId, 'release')) !==
        undefined,
      5_000,
    );
    const { body } = await alpha.send('/api/break-glass', { token: await alpha.token('auditor') });
    expect(body.declarations.find(({ requestId }: { requestId: string }) => requestId === name.requestId)).toMatchObject({
      isOverdue: true,
    });
    expect((await countBeta())['overdue']).toBeGreaterThan(0);

    const { unit } = (await read(alpha, name)).body as { unit: Commitment };
    consortium.ledger.forge({ [breakGlassKey(mspId, unit)]: JSON.stringify({ mspId, unit, open: [] }) });
    await everybodySees();
    const sneaked = await declare(beta, patient.relationRef, { department });
    expect(sneaked.body).toMatchObject({ status: 'refused' });

    expect((await review(alpha, name, { outcome: 'justified' })).body).toMatchObject({ review: { isLate: true } });
    await everybodySees();
    expect((await declare(beta, patient.relationRef, { department })).body).toMatchObject({ status: 'released' });
    expect(await countBeta()).toMatchObject({ late: 1 });
    jest.useRealTimers();
    expect((await readHistory()).find(({ kind, requestId }) => kind === 'decision' && requestId === name.requestId)).toMatchObject({
      deletion: { status: 'done', reason: 'time-box-ended' },
    });
    expect(await openReason(sneaked.body.requestId)).toMatchObject({ reason: 'break-glass-blocked' });
  }, 60_000);
});
