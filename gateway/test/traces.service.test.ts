import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newOtlpTracing, type Tracing } from '../src/tracing';
import { TestConsortium, waitFor, type TestGateway } from './support/test-consortium';
import { ask, newBundle, TestPatient } from './support/test-patient';

interface ToldSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string; readonly intValue?: number } }[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: { readonly code?: number; readonly message?: string };
}

/** A collector that takes OTLP/HTTP in JSON and keeps what it was told. */
class Collector {
  readonly bodies: string[] = [];
  readonly paths = new Set<string>();
  #server!: Server;

  async start(): Promise<string> {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.paths.add(request.url ?? '');
        this.bodies.push(Buffer.concat(chunks).toString());
        response.setHeader('content-type', 'application/json').end('{}');
      });
    });
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}/v1/traces`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get spans(): readonly ToldSpan[] {
    return this.bodies.flatMap((body) => {
      const { resourceSpans } = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: ToldSpan[] }[] }[] };
      return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
    });
  }
}

const canary = 'CANARY-7E11';
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
const collector = new Collector();
const consortium = new TestConsortium();
const patient = new TestPatient(consortium, 'AlphaMSP');
const tracings: Tracing[] = [];
let alpha: TestGateway;
let beta: TestGateway;

beforeAll(async () => {
  const url = await collector.start();
  consortium.newTracing = async (mspId) => {
    const tracing = await newOtlpTracing({ url, organisation: mspId, version: '0', percent: 100, isImmediate: true });
    tracings.push(tracing);
    return tracing;
  };
  await consortium.start();
  alpha = consortium.gateway('AlphaMSP');
  beta = consortium.gateway('BetaMSP');
  await patient.register({ name: canary, birthDate: '1970-01-01' });
  await patient.import(newBundle(2, canary));
  await patient.checkIn('BetaMSP');
  await patient.consent('BetaMSP', ['laboratory']);
}, 30_000);

afterAll(async () => {
  await consortium.stop();
  await Promise.all(tracings.map((tracing) => tracing.stop()));
  collector.stop();
});

const named = (name: string, trace?: string): ToldSpan[] =>
  collector.spans.filter((span) => span.name === name && (trace === undefined || span.traceId === trace));
const attributeOf = (span: ToldSpan | undefined, key: string): string | number | undefined => {
  const value = span?.attributes.find((one) => one.key === key)?.value;
  return value?.stringValue ?? value?.intValue;
};

describe('traces', () => {
  it('go on from the caller, over the steps of the ledger, to the read model and the agent of another organisation', async () => {
    const token = await beta.token('physician');
    const key = 'traced';
    const { body } = await beta.send('/api/access-requests', {
      token,
      key,
      headers: { traceparent, prefer: 'wait=10' },
      body: { relationRef: patient.relationRef, purpose: 'TREAT', categories: ['laboratory'] },
    });
    expect(body.status).toBe('released');
    await waitFor(() => named('POST /api/access-requests', traceId).length === 1, 5_000);
    const [request] = named('POST /api/access-requests', traceId);
    expect([request?.parentSpanId, attributeOf(request, 'http.response.status_code')]).toEqual(['00f067aa0ba902b7', 201]);
    const endorsed = named('ledger endorse', traceId).find((span) => attributeOf(span, 'medaccord.transaction') === 'RequestAccess');
    expect(endorsed?.parentSpanId).toBe(request?.spanId);
    const transactionId = attributeOf(endorsed, 'medaccord.transaction_id');
    for (const step of ['ledger submit', 'ledger commit status'])
      expect(named(step, traceId).map(({ parentSpanId }) => parentSpanId)).toContain(request?.spanId);
    // The read model of the asking organisation points to where the transaction was sent from.
    const linked = { traceId, spanId: endorsed?.spanId };
    await waitFor(() => named('projection apply').some(({ links = [] }) => links.length > 0), 5_000);
    expect(named('projection apply').flatMap(({ links = [] }) => links)).toContainEqual(expect.objectContaining(linked));
    // The custodian's agent is another organisation's: the transaction's id is what joins the two.
    const attempts = named('agent attempt').filter((span) => attributeOf(span, 'medaccord.transaction_id') === transactionId);
    expect(attempts.length).toBeGreaterThan(0);
    const decided = named('ledger endorse').filter(({ traceId: one }) => attempts.some((attempt) => attempt.traceId === one));
    expect(decided.map((span) => attributeOf(span, 'medaccord.transaction'))).toContain('DecideRelease');
    expect([...collector.paths]).toEqual(['/v1/traces']);
  });

  it('are named in the log lines of what belongs to them', async () => {
    await beta.send('/api/rules', { headers: { traceparent } });
    const lines = beta.logged.filter((line) => line.includes('/api/rules')).map((line) => JSON.parse(line) as { trace_id?: string });
    expect(lines.map(({ trace_id: one }) => one)).toContain(traceId);
  });

  it('are handed on with what a step asks of others', async () => {
    let seen: string | undefined;
    const other = createServer((request, response) => {
      seen = request.headers['traceparent'] as string | undefined;
      response.end();
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${String((other.address() as AddressInfo).port)}/`;
    await tracings[0]?.run('asking', { traceparent }, () => fetch(url));
    expect(seen).toMatch(new RegExp(`^00-${traceId}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`));
    await fetch(url);
    expect(seen).toBeUndefined();
    other.closeAllConnections();
    other.close();
  });

  it('tell codes of errors, and nothing of a person, a reference or content', async () => {
    const token = await alpha.token('records', canary);
    await alpha.send(`/fhir/Observation/${canary}?${canary}=${canary}`, { token, headers: { traceparent: canary } });
    await alpha.send(`/fhir/Observation?code:text=${canary}`, { token });
    await ask(beta, patient.relationRef, ['imaging']);
    await alpha.send('/api/imports', { token, key: canary, body: { resourceType: canary } });
    await waitFor(() => named('POST /api/imports').some(({ status }) => status.code === 2), 5_000);
    const refused = named('POST /api/imports').find(({ status }) => status.code === 2);
    expect([attributeOf(refused, 'error.type'), refused?.status.message ?? '']).toEqual([expect.stringMatching(/^[A-Z_]+$/), '']);
    const told = collector.bodies.join('\n');
    expect(told.length).toBeGreaterThan(1_000);
    for (const secret of [canary, patient.subjectRef, patient.relationRef, 'Family', 'glucose', 'physician-1', token])
      expect(told).not.toContain(secret);
    const keys = new Set(collector.spans.flatMap(({ attributes }) => attributes.map(({ key }) => key)));
    const table = [
      ...['error.type', 'http.request.method', 'http.response.status_code', 'http.route', 'medaccord.block', 'medaccord.transaction'],
      ...['medaccord.transaction_id', 'medaccord.transactions', 'medaccord.validation_code'],
    ];
    expect([...keys].filter((key) => !table.includes(key))).toEqual([]);
  });
});
