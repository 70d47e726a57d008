import { randomUUID } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Route } from '../src/http/route';
import { TestConsortium, TestGateway, waitFor, type Answer, type Sent } from './support/test-consortium';
import { ask, newBundle, TestPatient } from './support/test-patient';

const consortium = new TestConsortium();
const ada = new TestPatient(consortium, 'AlphaMSP');
const bea = new TestPatient(consortium, 'AlphaMSP');
let gateway: TestGateway;
/** FHIR references of what was imported, by patient. */
const held = new Map<TestPatient, string[]>();

beforeAll(async () => {
  await consortium.start();
  gateway = consortium.gateway('AlphaMSP');
  for (const patient of [ada, bea]) {
    await patient.register();
    await patient.checkIn('BetaMSP', 'AlphaMSP');
    await patient.consent('BetaMSP', ['laboratory']);
    const { body } = await patient.import(newBundle(2));
    held.set(
      patient,
      body.resources.map(({ reference }: { reference: string }) => reference),
    );
  }
}, 30_000);

afterAll(async () => {
  await consortium.stop();
});

interface Entry {
  readonly event: string;
  readonly action: string;
  readonly route: string;
  readonly actor: { readonly kind: string; readonly name: string; readonly role: string; readonly department: string | null };
  readonly subject: string | null;
  readonly relation: string | null;
  readonly records: readonly string[];
  readonly purpose: string | null;
  readonly request: string;
  readonly status: number;
  readonly code: string | null;
}

/** What was written down while something was done. */
async function entriesOf(act: () => Promise<Answer>, at: TestGateway = gateway): Promise<{ answer: Answer; entries: Entry[] }> {
  const before = at.store.audit.length;
  const answer = await act();
  const kept = at.store.audit.list({ names: [], from: before + 1 }, { most: 100 });
  const entries = kept.map(({ text }) => JSON.parse(text) as Entry).filter(({ request }) => request === answer.headers.get('x-request-id'));
  return { answer, entries };
}

const send = async (path: string, role: string, sent: Sent = {}): Promise<Answer> =>
  gateway.send(path, { token: await gateway.token(role, 'nurse-7', 600, { department: 'ward 3' }), ...sent });

const call = async (route: Route, token: string | undefined): Promise<Answer> => {
  const path = route.path.replace('{relationRef}', ada.relationRef).replaceAll(/\{\w+\}/g, 'A'.repeat(22));
  const body = route.method === 'post' ? { body: {} } : {};
  return gateway.send(path, { method: route.method.toUpperCase(), ...(token === undefined ? {} : { token }), ...body, key: randomUUID() });
};
const tokenFor = async ({ access }: Route): Promise<string | undefined> =>
  'roles' in access ? gateway.token(access.roles[0] ?? '') : access.by === 'relation' ? ada.token('AlphaMSP') : undefined;
const codeOf = ({ body }: Answer): unknown => body.code ?? body.issue?.[0].details.coding[0].code;

describe('what is written down', () => {
  it('is said by every route, and what none is written of is exactly this', () => {
    const silent = gateway.app.routes.filter(({ audit }) => audit === 'none').map(({ method, path }) => `${method} ${path}`);
    expect(silent).toEqual([
      'get /healthz',
      'get /readyz',
      'get /api/openapi.json',
      'get /metrics',
      'get /api/height',
      'get /api/organisations',
      'get /api/rules',
      'get /api/rules/{version}',
      'get /api/patients/{subjectRef}',
      'get /fhir/.well-known/smart-configuration',
      'get /fhir/metadata',
      'get /fhir/$export/{exportId}',
      'delete /fhir/$export/{exportId}',
      'get /fhir/released/{relationRef}/metadata',
      'get /fhir/own/{relationRef}/metadata',
      'get /api/audit-roots/{mspId}/{log}/{number}',
      'post /api/studies',
      'post /api/studies/{studyId}/end',
      'get /api/studies',
      'get /api/break-glass/statistics',
      'post /api/plans',
      'get /api/plans',
      'get /api/plans/{insurer}/{planId}/{version}',
      'delete /api/plan-simulations/{reportId}',
      'delete /api/claim-statistics/{reportId}',
      'get /api/claim-exports/{exportId}',
      'delete /api/claim-exports/{exportId}',
      'get /fhir/claims/metadata',
      'get /fhir/own-claims/{relationRef}/metadata',
    ]);
  });

  it('is every answer to a known caller, refusals by role included, with the code that she was told', async () => {
    for (const route of gateway.app.routes.filter(({ audit, access }) => audit !== 'none' && access.by !== 'signature')) {
      const allowed = await tokenFor(route);
      for (const token of [allowed, await gateway.token('ethics-officer')]) {
        const { answer, entries } = await entriesOf(() => call(route, token));
        expect([route.path, entries.length > 0]).toEqual([route.path, true]);
        for (const entry of entries) {
          expect(entry).toMatchObject({ event: route.audit, route: `${route.method} ${route.path}`, status: answer.status });
          if (answer.status >= 400) expect(entry.code).toBe(codeOf(answer));
        }
      }
    }
  });

  it('names who, whose, what and with what result', async () => {
    const [reference = ''] = held.get(ada) ?? [];
    const { entries } = await entriesOf(() => send(`/fhir/${reference}`, 'physician'));
    expect(entries).toEqual([
      expect.objectContaining({
        ...{ event: 'read', action: 'R', route: 'get /fhir/{type}/{id}', subject: ada.subjectRef, status: 200, code: null },
        records: expect.arrayContaining([expect.stringContaining(reference)]),
        actor: expect.objectContaining({ kind: 'staff', role: 'physician', department: 'ward 3' }),
      }),
    ]);
    expect(JSON.stringify(entries)).not.toContain('nurse-7');
    const kept = gateway.store.audit.list({ names: [['person', 'nurse-7']] }, { most: 1, newestFirst: true })[0];
    expect(JSON.parse(kept?.own ?? '')).toMatchObject({ person: 'nurse-7' });
  });

  it('is one entry per patient, so that none tells of another', async () => {
    const { answer, entries } = await entriesOf(() => send('/fhir/Observation', 'physician'));
    expect(answer.body.entry).toHaveLength(4);
    expect(entries.map(({ subject }) => subject).sort()).toEqual([ada.subjectRef, bea.subjectRef].sort());
    for (const patient of [ada, bea]) {
      const own = entries.find(({ subject }) => subject === patient.subjectRef);
      const others = held.get(patient === ada ? bea : ada) ?? [];
      expect(own?.records).toHaveLength(2);
      expect(others.some((reference) => JSON.stringify(own).includes(reference))).toBe(false);
    }
    expect(new Set(entries.map(({ actor }) => actor.name)).size).toBe(2);
  });

  it('names the patient of a search that finds nothing, of a relation and of a request', async () => {
    const patientOf = (patient: TestPatient): string => held.get(patient)?.find((one) => one.startsWith('Patient/')) ?? '';
    const empty = await entriesOf(() => send(`/fhir/Condition?patient=${patientOf(bea)}`, 'physician'));
    expect(empty.entries).toEqual([expect.objectContaining({ event: 'search', subject: bea.subjectRef, status: 200 })]);
    const looked = await entriesOf(() => send(`/api/relations/${ada.relationRef}/consents?purpose=TREAT`, 'physician'));
    expect(looked.entries).toEqual([expect.objectContaining({ subject: ada.subjectRef, relation: ada.relationRef, purpose: 'TREAT' })]);
    const read = await entriesOf(async () =>
      gateway.send(`/api/relations/${ada.relationRef}/history`, { token: await ada.token('AlphaMSP') }),
    );
    expect(read.entries).toEqual([
      expect.objectContaining({ subject: ada.subjectRef, actor: { kind: 'patient', name: ada.relationRef, delegation: null } }),
    ]);
  });

  it('is a release at both organisations, what the agent decided and sent before it did', async () => {
    const before = gateway.store.audit.length;
    const beta = consortium.gateway('BetaMSP');
    const { body } = await ask(beta, ada.relationRef, ['laboratory']);
    const own = gateway.store.audit.list({ names: [['subject', ada.subjectRef]], from: before + 1 }, { most: 10 });
    expect(own.map(({ text }) => JSON.parse(text) as Entry)).toEqual(
      ['decision', 'disclosure'].map((event) =>
        expect.objectContaining({
          event,
          code: 'permit',
          request: body.requestId,
          purpose: 'TREAT',
          records: [expect.any(String), expect.any(String)],
        }),
      ),
    );
    const token = await beta.token('physician');
    const { entries } = await entriesOf(() => beta.send(`/api/releases/${body.requestId}`, { token }), beta);
    expect(entries).toEqual([
      expect.objectContaining({ event: 'disclosure', relation: ada.relationRef, records: [expect.any(String), expect.any(String)] }),
    ]);
  });

  it('is written again when an answer is given again, and not for those whom nobody knows', async () => {
    const key = randomUUID();
    const body = { relationRef: ada.relationRef, validity: { from: '2026-01-01T00:00:00.000Z', until: '2126-01-01T00:00:00.000Z' } };
    const refer = (): Promise<Answer> => send('/api/referrals', 'physician', { key, body });
    expect((await entriesOf(refer)).entries).toHaveLength(1);
    const again = await entriesOf(refer);
    expect([again.answer.status, again.entries.length]).toEqual([201, 1]);
    expect((await entriesOf(() => gateway.send('/fhir/Patient', { token: 'x' }))).entries).toEqual([]);
  });
});

describe('no entry, no answer', () => {
  const path = (): string => `/fhir/${held.get(ada)?.[0] ?? ''}`;

  /** Every audited route refuses, and tells nothing else. */
  async function expectRefused(): Promise<void> {
    for (const route of gateway.app.routes.filter(({ audit, access }) => audit !== 'none' && access.by !== 'signature')) {
      for (const token of [await tokenFor(route), await gateway.token('ethics-officer')]) {
        const answer = await call(route, token);
        expect([route.path, answer.status, codeOf(answer)]).toEqual([route.path, 503, 'AUDIT_UNAVAILABLE']);
      }
    }
    const { body } = await send(path(), 'physician');
    expect(body.resourceType).toBe('OperationOutcome');
    expect((await gateway.send('/healthz')).status).toBe(200);
  }

  it('when another process locks the log', async () => {
    const other = new DatabaseSync(join(gateway.data, 'audit.sqlite'));
    other.exec('BEGIN IMMEDIATE');
    expect([(await send(path(), 'physician')).status, (await send('/fhir/Observation', 'physician')).status]).toEqual([503, 503]);
    other.exec('ROLLBACK');
    other.close();
    expect((await send(path(), 'physician')).status).toBe(200);
  });

  it('when the disk is full: nothing is read, nor decided by the agent', async () => {
    await gateway.stop();
    const pages = Number(new DatabaseSync(join(gateway.data, 'audit.sqlite')).prepare('PRAGMA page_count').get()?.page_count);
    gateway = new TestGateway(consortium.ledger, gateway.mspId, gateway.data, gateway.more);
    gateway.askHttp = consortium.gateway('AlphaMSP').askHttp;
    gateway.mostAuditPages = pages + 2;
    consortium.gateways.set('AlphaMSP', gateway);
    await gateway.start();
    // Where the smallest entry does not fit, none does.
    const fill = async (): Promise<void> => {
      for (;;) await gateway.store.audit.append([{ says: {}, own: {}, names: [] }]);
    };
    await expect(fill()).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    await expectRefused();
    const { body } = await ask(consortium.gateway('BetaMSP'), ada.relationRef, ['laboratory'], { wait: 1 });
    expect(body.status).toBe('pending');
    gateway = await consortium.crashAndRestart(gateway);
    gateway.askHttp = consortium.gateway('BetaMSP').askHttp;
    consortium.heal();
    expect((await send(path(), 'physician')).status).toBe(200);
    const token = await consortium.gateway('BetaMSP').token('physician');
    await waitFor(
      async () =>
        (await consortium.gateway('BetaMSP').send(`/api/access-requests/${body.requestId}`, { token })).body.status === 'released',
      10_000,
    );
  }, 30_000);

  it('when its file is gone, and until it is back after a new start', async () => {
    for (const name of ['audit.sqlite', 'audit.sqlite-wal']) renameSync(join(gateway.data, name), join(gateway.data, `away-${name}`));
    await expectRefused();
    expect((await gateway.send('/readyz')).body).toMatchObject({ code: 'NOT_READY', details: { audit: false } });
  });

  it('when the whole data folder is gone', async () => {
    const beta = consortium.gateway('BetaMSP');
    rmSync(beta.data, { recursive: true });
    const answer = await beta.send(`/api/relations/${ada.relationRef}/consents`, { token: await beta.token('physician') });
    expect([answer.status, answer.body.code]).toEqual([503, 'AUDIT_UNAVAILABLE']);
  });
});
