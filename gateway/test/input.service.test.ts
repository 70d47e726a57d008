import { randomUUID } from 'node:crypto';
import { checkIn, newWallet, registerPatient, signConsent } from '../src/wallet';
import { TestConsortium, type Answer, type Sent, type TestGateway } from './support/test-consortium';
import { newBundle, TestPatient } from './support/test-patient';

const canary = 'CANARY-9F3A';
const consortium = new TestConsortium();
const patient = new TestPatient(consortium, 'AlphaMSP');
let gateway: TestGateway;
let ref: string;

beforeAll(async () => {
  await consortium.start({ maxImportBytes: 100_000 });
  gateway = consortium.gateway('AlphaMSP');
  await patient.register();
  await patient.checkIn('BetaMSP');
  ref = patient.relationRef;
}, 30_000);

afterAll(async () => {
  await consortium.stop();
});

const post = async (path: string, role: string, sent: Sent): Promise<Answer> =>
  gateway.send(path, { token: await gateway.token(role), key: randomUUID(), ...sent });
const importing = (sent: Sent): Promise<Answer> => post(`/api/imports?subject=${patient.subjectRef}`, 'records', sent);
const asking = (body: unknown, sent: Sent = {}): Promise<Answer> => post('/api/access-requests', 'physician', { body, ...sent });

/** What must hold of every refusal: a code, a status, an id, and not a trace of what was sent. */
function expectProblem(answer: Answer, status: number, code: string, place?: string): void {
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.body).toMatchObject({
    type: `urn:medaccord:error:${code}`,
    status,
    title: expect.any(String),
    detail: expect.any(String),
    instance: expect.stringMatching(/^urn:uuid:/),
  });
  expect(answer.text).not.toContain(canary);
  if (place !== undefined) expect(answer.text).toContain(place);
}

describe('bodies', () => {
  it.each([
    ['', 'REQUEST_NOT_JSON'],
    ['{', 'REQUEST_NOT_JSON'],
    [`{"relationRef":"${canary}"`, 'REQUEST_NOT_JSON'],
    [`{"purpose":"TREAT","purpose":"${canary}"}`, 'REQUEST_NOT_JSON'],
    [`{"__proto__":{"x":"${canary}"}}`, 'REQUEST_NOT_JSON'],
    ['['.repeat(5000), 'REQUEST_NOT_JSON'],
    ['[]', 'REQUEST_INVALID'],
    ['null', 'REQUEST_INVALID'],
    ['"text"', 'REQUEST_INVALID'],
  ])('that are not the JSON asked for are refused: %.40s', async (body, code) => {
    expectProblem(await asking(body), 400, code);
  });

  it('that are not UTF-8 are refused', async () => {
    expectProblem(await asking(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])), 400, 'REQUEST_NOT_JSON');
  });

  it('of another media type, charset or encoding are refused', async () => {
    for (const type of ['text/plain', 'application/xml', 'application/json; charset=utf-16', 'multipart/form-data; boundary=x']) {
      expectProblem(await asking('{}', { headers: { 'content-type': type } }), 415, 'MEDIA_TYPE_UNSUPPORTED');
    }
    expectProblem(await asking('{}', { headers: { 'content-encoding': 'gzip' } }), 415, 'MEDIA_TYPE_UNSUPPORTED');
  });

  it('that are too large are refused, whatever the route', async () => {
    expectProblem(await asking(`{"relationRef":"${'A'.repeat(1_100_000)}"}`), 413, 'REQUEST_TOO_LARGE');
    expectProblem(await importing({ body: JSON.stringify(newBundle(500)) }), 413, 'REQUEST_TOO_LARGE');
  });

  it('with unknown fields or wrong types are refused, with the place', async () => {
    const right = { relationRef: ref, purpose: 'TREAT', categories: ['laboratory'] };
    expectProblem(await asking({ ...right, [canary]: 1 }), 400, 'REQUEST_INVALID', 'body');
    expectProblem(await asking({ ...right, relationRef: 7 }), 400, 'REQUEST_INVALID', 'body.relationRef');
    expectProblem(await asking({ ...right, relationRef: canary }), 400, 'REQUEST_INVALID', 'body.relationRef');
    expectProblem(await asking({ ...right, purpose: canary }), 400, 'REQUEST_INVALID', 'body.purpose');
    expectProblem(await asking({ ...right, categories: [] }), 400, 'REQUEST_INVALID', 'body.categories');
    expectProblem(await asking({ ...right, categories: ['laboratory', canary] }), 400, 'REQUEST_INVALID', 'body.categories.1');
    expectProblem(await asking({ ...right, categories: ['laboratory', 'laboratory'] }), 400, 'REQUEST_INVALID', 'body.categories');
    expectProblem(await asking({ ...right, proof: { kind: canary } }), 400, 'REQUEST_INVALID', 'body.proof.kind');
    expectProblem(await asking({ ...right, proof: { kind: 'claim', claimId: canary } }), 400, 'REQUEST_INVALID', 'body.proof.claimId');
    expectProblem(await asking({ purpose: 'TREAT' }), 400, 'REQUEST_INVALID', 'body.relationRef');
  });
});

describe('addresses', () => {
  it('that do not exist are not found', async () => {
    expectProblem(await gateway.send(`/api/${canary}`), 404, 'ROUTE_NOT_FOUND');
    expectProblem(await gateway.send('/'), 404, 'ROUTE_NOT_FOUND');
  });

  it('do not take other methods', async () => {
    expectProblem(await gateway.send('/api/patients', { method: 'DELETE' }), 405, 'METHOD_NOT_ALLOWED');
    expectProblem(await gateway.send('/healthz', { method: 'PUT', body: {} }), 405, 'METHOD_NOT_ALLOWED');
  });

  it('with malformed references, encodings or unknown query parameters are refused', async () => {
    const token = await gateway.token('records');
    expectProblem(await gateway.send(`/api/records/${canary}`, { token }), 400, 'REQUEST_INVALID', 'path.recordId');
    expectProblem(await gateway.send(`/api/records?subject=${canary}`, { token }), 400, 'REQUEST_INVALID', 'query.subject');
    expectProblem(await gateway.send(`/api/records?subject=${patient.subjectRef}&${canary}=1`, { token }), 400, 'REQUEST_INVALID', 'query');
    expectProblem(await gateway.send(`/api/records?subject=a&subject=b`, { token }), 400, 'REQUEST_INVALID', 'query.subject');
    expect((await gateway.send('/api/records/%ff', { token })).status).toBe(400);
    expect((await gateway.send('/api/records/..%2f..%2fetc', { token })).status).toBe(400);
  });
});

describe('idempotency keys', () => {
  it('are required where repeating must be harmless', async () => {
    for (const [path, role] of [
      ['/api/patients', 'registrar'],
      ['/api/imports', 'records'],
      ['/api/access-requests', 'physician'],
    ] as const) {
      const body =
        path === '/api/access-requests'
          ? { relationRef: ref, purpose: 'TREAT', categories: ['laboratory'] }
          : path === '/api/patients'
            ? { registration: 'a.b.c', details: { name: 'x', birthDate: '1970-01-01' } }
            : {};
      expectProblem(await gateway.send(path, { token: await gateway.token(role), body }), 400, 'IDEMPOTENCY_KEY_REQUIRED');
    }
  });

  it('give a repeated request the same answer and no second effect, and are not for another request', async () => {
    const key = randomUUID();
    const body = { relationRef: ref, purpose: 'TREAT', categories: ['laboratory'] };
    const first = await asking(body, { key, headers: { prefer: 'wait=10' } });
    const blocks = consortium.ledger.blocks.length;
    expect((await asking(body, { key, headers: { prefer: 'wait=10' } })).text).toBe(first.text);
    expect(consortium.ledger.blocks.length).toBe(blocks);
    expectProblem(await asking({ ...body, categories: ['reports'] }, { key }), 409, 'IDEMPOTENCY_KEY_REUSED');
  });

  it('of one person mean nothing for another', async () => {
    const key = randomUUID();
    const body = { relationRef: ref, purpose: 'TREAT', categories: ['laboratory'] };
    const mine = await asking(body, { key });
    const theirs = await gateway.send('/api/access-requests', { token: await gateway.token('physician', 'somebody-else'), key, body });
    expect(theirs.body.requestId).not.toBe(mine.body.requestId);
  });

  it('make two requests at once one', async () => {
    const key = randomUUID();
    const body = { relationRef: ref, purpose: 'TREAT', categories: ['imaging'] };
    const [one, other] = await Promise.all([asking(body, { key }), asking(body, { key })]);
    expect(one.body.requestId).toBe(other.body.requestId);
  });
});

describe('patients', () => {
  const right = { name: 'Ada Example', birthDate: '1970-01-01' };

  it('need a registration that their key has signed, for this custodian, with details in form', async () => {
    const elsewhere = new TestPatient(consortium, 'BetaMSP');
    await elsewhere.register();
    const forged = new TestPatient(consortium, 'AlphaMSP');
    expect((await forged.register({ ...right, [canary]: 1 })).body.code).toBe('REQUEST_INVALID');
    expect((await forged.register({ ...right, birthDate: canary })).body.code).toBe('REQUEST_INVALID');
    expect((await forged.register({ ...right, name: '' })).body.code).toBe('REQUEST_INVALID');
    const other = Object.assign(new TestPatient(consortium, 'AlphaMSP'), { wallet: elsewhere.wallet });
    expect((await other.register()).status).toBe(201);
  });

  it('of another custodian cannot be registered here, nor with a signature that does not verify', async () => {
    const elsewhere = await registerPatient(newWallet(), 'BetaMSP' as never);
    expectProblem(
      await post('/api/patients', 'registrar', { body: { registration: elsewhere.registration, details: right } }),
      403,
      'NOT_THE_CUSTODIAN',
    );
    const { registration } = await registerPatient(newWallet(), 'AlphaMSP' as never);
    const [header, payload] = registration.split('.');
    const other = (await registerPatient(newWallet(), 'AlphaMSP' as never)).registration.split('.')[2] ?? '';
    const body = { registration: [header, payload, other].join('.'), details: right };
    expectProblem(await post('/api/patients', 'registrar', { body }), 400, 'SIGNATURE_INVALID');
  });
});

describe('relations and consents', () => {
  it('must be signed, and carry envelopes for their two sides only', async () => {
    const wish = { subjectRef: patient.subjectRef as never, counterparty: 'BetaMSP' as never, kinds: ['care'] as const };
    const { request } = await checkIn(patient.wallet, wish, await patient.recipients('BetaMSP'));
    const envelope = Object.values(request.sealed)[0];
    expectProblem(
      await gateway.send('/api/relations', { body: { ...request, sealed: { ...request.sealed, GammaMSP: envelope } } }),
      400,
      'REQUEST_INVALID',
      'body.sealed',
    );
    expectProblem(
      await gateway.send('/api/relations', { body: { ...request, sealed: { GammaMSP: envelope } } }),
      400,
      'REQUEST_INVALID',
      'body.sealed',
    );
    expectProblem(
      await gateway.send('/api/relations', { body: { ...request, sealed: { BetaMSP: { binding: canary, document: canary } } } }),
      400,
      'REQUEST_INVALID',
      'body.sealed.*.binding',
    );
    const tampered = request.relation.slice(0, -6) + 'AAAAAA';
    expect((await gateway.send('/api/relations', { body: { ...request, relation: tampered } })).status).toBe(400);
    expectProblem(
      await gateway.send('/api/relations', { body: { ...request, relation: request.consent } }),
      400,
      'REQUEST_INVALID',
      'body.relation',
    );
  });

  it('of a patient nobody knows cannot be consented to', async () => {
    const stranger = new TestPatient(consortium, 'AlphaMSP');
    await stranger.register();
    const recipients = await stranger.recipients('BetaMSP');
    const made = await checkIn(
      stranger.wallet,
      { subjectRef: stranger.subjectRef as never, counterparty: 'BetaMSP' as never, kinds: ['care'] },
      recipients,
    );
    const { request } = await signConsent(
      made.wallet,
      made.relationRef,
      { sets: [{ base: 'permit', exceptions: [] }], validity: null },
      recipients,
    );
    expectProblem(await gateway.send('/api/consents', { body: request }), 404, 'RELATION_UNKNOWN');
  });

  it('that somebody else signed are refused and not stored for later', async () => {
    const thief = { ...patient.wallet, seed: newWallet().seed };
    const { request } = await signConsent(
      thief,
      ref as never,
      { sets: [{ base: 'permit', exceptions: [] }], validity: null },
      await patient.recipients('BetaMSP'),
    );
    expectProblem(await gateway.send('/api/consents', { body: request }), 400, 'SIGNATURE_INVALID');
    expect(await gateway.store.outbox.list()).toEqual([]);
  });
});

describe('requests and releases', () => {
  it('in a relation that nobody made are not found', async () => {
    expectProblem(await asking({ relationRef: 'B'.repeat(22), purpose: 'TREAT', categories: ['laboratory'] }), 404, 'RELATION_UNKNOWN');
  });

  it('of another organisation look as if they did not exist', async () => {
    const made = await asking({ relationRef: ref, purpose: 'TREAT', categories: ['laboratory'] });
    const beta = consortium.gateway('BetaMSP');
    for (const path of [`/api/access-requests/${made.body.requestId}`, `/api/releases/${made.body.requestId}`]) {
      expectProblem(await beta.send(path, { token: await beta.token('physician') }), 404, 'RESOURCE_NOT_FOUND');
    }
  });
});

describe('imports', () => {
  it('of anything but a FHIR transaction are refused with the place, and nothing is written', async () => {
    const blocks = consortium.ledger.blocks.length;
    const entry = (resource: object, request: object = { method: 'POST', url: 'Observation' }): object => ({
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [{ resource, request }],
    });
    const bodies: [unknown, string, string?][] = [
      ['not json', 'BUNDLE_NOT_JSON'],
      [{ resourceType: 'Patient' }, 'BUNDLE_INVALID', 'resourceType'],
      [{ resourceType: 'Bundle', type: 'collection', entry: [] }, 'BUNDLE_INVALID', 'type'],
      [entry({ resourceType: canary }), 'BUNDLE_INVALID', 'entry[0].resource.resourceType'],
      [
        entry({ resourceType: 'Observation' }, { method: 'DELETE', url: 'Observation/1' }),
        'BUNDLE_NOT_SUPPORTED',
        'entry[0].request.method',
      ],
      [entry({ resourceType: 'Observation', subject: { reference: 'Patient/unknown' } }), 'BUNDLE_REFERENCE_UNRESOLVED'],
    ];
    for (const [body, code, place] of bodies) {
      const answer = await importing({ body });
      expectProblem(answer, answer.status, code, place);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
    }
    expect(consortium.ledger.blocks.length).toBe(blocks);
  });

  it('for a patient whom nobody registered, or who is registered elsewhere, are refused', async () => {
    expectProblem(await post(`/api/imports?subject=${'C'.repeat(22)}`, 'records', { body: newBundle(1) }), 404, 'PATIENT_UNKNOWN');
    const beta = consortium.gateway('BetaMSP');
    const answer = await beta.send(`/api/imports?subject=${patient.subjectRef}`, {
      token: await beta.token('records'),
      key: randomUUID(),
      body: newBundle(1),
    });
    expectProblem(answer, 403, 'NOT_THE_CUSTODIAN');
  });
});

describe('answers', () => {
  it('carry the headers that keep a browser from doing harm, and a request id', async () => {
    const { headers } = await gateway.send('/healthz');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('leave no content, token or address value in the log', () => {
    const log = consortium.gateway('AlphaMSP').logged.join('');
    expect(log).toContain('"route":"/api/access-requests"');
    for (const secret of [canary, 'Ada', 'Bearer', 'eyJ', patient.subjectRef, ref]) expect(log).not.toContain(secret);
  });
});
