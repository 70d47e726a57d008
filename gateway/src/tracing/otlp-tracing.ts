import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Link,
  type Span as OtelSpan,
  type SpanContext,
} from '@opentelemetry/api';
import type { Tracing } from './tracing';

export interface OtlpOptions {
  /** Where the collector takes traces over OTLP/HTTP: `http://host:4318/v1/traces`. */
  readonly url: string;
  readonly organisation: string;
  readonly version: string;
  /** Of a hundred traces that begin here, how many are told. */
  readonly percent: number;
  /** Told at once instead of in batches; for tests. */
  readonly isImmediate?: boolean;
}

/** Transactions of which it is known where they were sent from. */
const mostRemembered = 4_096;
const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };

/** Tells an OpenTelemetry collector; what that takes is loaded only here. Outgoing requests of a step carry its `traceparent`. */
export async function newOtlpTracing({ url, organisation, version, percent, isImmediate = false }: OtlpOptions): Promise<Tracing> {
  const sdk = await import('@opentelemetry/sdk-trace');
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const { resourceFromAttributes } = await import('@opentelemetry/resources');
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: 5_000 });
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'medaccord-gateway',
      'service.version': version,
      'medaccord.organisation': organisation,
    }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(percent / 100) }),
    spanProcessors: [isImmediate ? new sdk.SimpleSpanProcessor({ exporter }) : new sdk.BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer('medaccord-gateway', version);
  const current = new AsyncLocalStorage<Context>();
  const sent = new Map<string, SpanContext>();
  const active = (): SpanContext | undefined => {
    const context = current.getStore();
    return context === undefined ? undefined : trace.getSpanContext(context);
  };
  const handOn = (message: unknown): void => {
    const { request } = message as { request: { addHeader(name: string, value: string): void } };
    const span = active();
    if (span !== undefined) request.addHeader('traceparent', formatTraceparent(span));
  };
  subscribe('undici:request:create', handOn);
  return {
    run: (name, { kind, attributes = {}, transactionIds = [], traceparent }, work) => {
      const links = transactionIds.flatMap<Link>((id) => {
        const context = sent.get(id);
        return context === undefined ? [] : [{ context }];
      });
      const parent = current.getStore() ?? contextOf(traceparent);
      // The kit's own types name the same enum by another path.
      // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
      const span = tracer.startSpan(name, { attributes, links, kind: kinds[kind ?? 'internal'] }, parent);
      return current.run(trace.setSpan(parent, span), () =>
        finish(span, () => work({ set: (key, value) => span.setAttribute(key, value) })),
      );
    },
    remember: (transactionId) => {
      const span = active();
      if (span === undefined) return;
      sent.set(transactionId, span);
      const [oldest] = sent.keys();
      if (sent.size > mostRemembered && oldest !== undefined) sent.delete(oldest);
    },
    logFields: () => {
      const span = active();
      return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
    },
    stop: async () => {
      unsubscribe('undici:request:create', handOn);
      await provider.shutdown().catch(() => undefined);
    },
  };
}

/** Does the work and ends the span with it, whether it is done at once or later. */
function finish<T>(span: OtelSpan, work: () => T): T {
  const fail = (error: unknown): void => {
    // Codes alone: a message could hold anything.
    const { code } = (error ?? {}) as { readonly code?: unknown };
    const type = typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(code) ? code : 'INTERNAL';
    span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  };
  let result: T;
  try {
    result = work();
  } catch (error) {
    fail(error);
    throw error;
  }
  if (result instanceof Promise)
    result.then(() => {
      span.end();
    }, fail);
  else span.end();
  return result;
}

/** W3C Trace Context, version 00; anything else begins a trace of its own. */
function contextOf(traceparent: string | undefined): Context {
  const [, traceId = '', spanId = '', flags = ''] =
    /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '') ?? [];
  if (traceId === '') return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true });
}

function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & 1).toString().padStart(2, '0')}`;
}
