import { randomUUID } from 'node:crypto';
import express, { type Express, type NextFunction, type Request as HttpRequest, type Response as HttpResponse } from 'express';
import { rateLimit, type RateLimitRequestHandler } from 'express-rate-limit';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { assertInScope, type Authoriser, type Caller, type ScopedRequest } from '../auth';
import { listMentions } from '../audit';
import type { ServiceConfig } from '../config';
import type { AnsweredRequest } from '../metrics';
import { newError, toCodedError, type CodedError } from '../problem';
import type { ResponseStore } from '../store/response-table';
import type { Tracing } from '../tracing';
import { withinDeadline } from '../deadline';
import type { Admission, Pass } from './admission';
import type { AuditTrail, Trail } from './audit-trail';
import { newCors } from './cors';
import { declareEmergency, emergencyHeader } from './declare-emergency';
import { chooseFhirFormat, isFhirPath } from './fhir-media-type';
import { fhirJson, toXml, toXmlIfPossible, wantsXml } from './fhir-body';
import { eventStream, EventStreams, type StreamParts } from './event-streams';
import { newGoneSignal } from './gone-signal';
import { formatOutcome } from './operation-outcome';
import { readOrigin } from './origin';
import { newMonitorCheck } from './monitors';
import { parseWith } from './parse-with';
import { formatProblem, readRetryAfter, type ProblemDocument } from './problem-document';
import { parseStrictJson, readFhir, readText } from './read-body';
import type { Request, Response, Route } from './route';
import { Repeats } from './repeats';
import { traceRequest } from './trace-request';
import { newSignInHandler, type SignInHandler } from './sign-in-handler';

/** Largest JSON body of the ordinary routes, in bytes. */
const maxJsonBytes = 1_048_576;
/** Largest body of a route that anybody with a signature may write to, in bytes. */
const maxOpenBytes = 262_144;
const longestWaitMs = 60_000;
/** After these nobody reads the rest of the body: too slow, too large. */
const cutOffStatuses = [408, 413];

export interface ServerOptions {
  readonly routes: readonly Route[];
  readonly authorise: Authoriser;
  readonly responses: ResponseStore;
  readonly audit: AuditTrail;
  /** A keyed name of a text: how operations and requests are stored. */
  readonly nameOf: (purpose: string, value: string) => string;
  readonly assertFresh: () => void;
  readonly isDraining: () => boolean;
  readonly maxImportBytes: number;
  readonly openWritesPerMinute: number;
  /** The embedded OpenID provider; undefined where people sign in elsewhere. */
  readonly signIn?: SignInHandler | undefined;
  readonly admission: Admission;
  readonly service: Pick<
    ServiceConfig,
    'answerWithinMs' | 'bodyWithinMs' | 'heartbeatMs' | 'corsOrigins' | 'trustedProxies' | 'metricsFrom'
  >;
  readonly tracing: Tracing;
  readonly onAnswered: (request: AnsweredRequest) => void;
  readonly log: Logger;
}

/** The HTTP side: carries plain values to the routes' handlers and their answers back, and turns every error into a problem document. */
export function newServer(options: ServerOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('trust proxy', options.service.trustedProxies);
  app.use(helmet({ contentSecurityPolicy: { directives: { defaultSrc: ["'none'"] } } }));
  app.use(logRequests(options));
  app.use(newCors(options.service.corsOrigins));
  app.use(newSignInHandler(options.signIn, options));
  const repeats = new Repeats(options.responses, options.nameOf);
  const streams = new EventStreams();
  const limitOpenWrites = newOpenWriteLimit(options.openWritesPerMinute);
  // A brace sorts behind whatever a path may name: so /fhir/claims/{type} is looked at before /fhir/{type}/{id}.
  const paths = [...new Set(options.routes.map((route) => route.path))].toSorted();
  for (const path of paths) {
    const routes = options.routes.filter((route) => route.path === path);
    const at = app.route(path.replaceAll(/\{(\w+)\}/g, ':$1'));
    for (const route of routes)
      at[route.method](...(isOpenWrite(route) ? [limitOpenWrites] : []), carry(route, options, { repeats, streams }));
    at.all((request) => {
      throw newError(
        'METHOD_NOT_ALLOWED',
        `${request.method} is not possible here; use ${routes.map(({ method }) => method.toUpperCase()).join(', ')}`,
      );
    });
  }
  app.use(() => {
    throw noSuchRoute();
  });
  app.use((error: unknown, request: HttpRequest, response: HttpResponse, next: NextFunction) => {
    if (response.headersSent) next(error);
    else sendProblem(isBadAddress(error) ? newError('REQUEST_INVALID', 'path: is not a valid address') : error, request, response);
  });
  return app;
}

function noSuchRoute(): CodedError {
  return newError('ROUTE_NOT_FOUND', 'There is no such route; GET /api/openapi.json lists them');
}

/** Whether a signature is all that it takes to write. */
function isOpenWrite({ method, access }: Route): boolean {
  return method === 'post' && access.by === 'signature';
}

/** Counts by address, before a body is read or anything is kept. */
function newOpenWriteLimit(perMinute: number): RateLimitRequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    // Who stands behind a proxy that is not trusted is its address.
    validate: { xForwardedForHeader: false },
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_request, _answer, next) => {
      next(newError('REQUESTS_TOO_MANY', 'Too many requests from this address; wait as long as Retry-After says'));
    },
  });
}

/** What the router throws for percent-encoding that is none. */
function isBadAddress(error: unknown): boolean {
  return error instanceof URIError;
}

/** Nothing that a route says of people, an error included, leaves before its entry in the audit log is kept. */
function carry(
  route: Route,
  options: ServerOptions,
  { repeats, streams }: { readonly repeats: Repeats; readonly streams: EventStreams },
): ReturnType<typeof traceRequest> {
  const run = newRun(route, options, repeats);
  return traceRequest(options.tracing, route, async (http: HttpRequest, answer: HttpResponse): Promise<void> => {
    answer.locals.route = route.path;
    answer.locals.isRoutine = route.isRoutine;
    const trail: Trail = { requestId: String(answer.locals.id), address: http.ip };
    const nameReader = (): string => nameCaller(trail.caller ?? { kind: 'anybody' }, http);
    const give = async (): Promise<Required<Response>> => {
      const given = await run(http, answer, trail);
      if (given.contentType === eventStream) streams.assertRoom(nameReader());
      return given;
    };
    const response = await give().catch(async (error: unknown) => {
      await options.audit.refuse(route, trail, error);
      throw error;
    });
    await options.audit.answer(route, trail, response);
    if (response.contentType !== eventStream) {
      send(answer, response);
      return;
    }
    // Nobody waits for the end of a stream, least of all the step of a trace.
    void streams.send(answer, response.body as StreamParts, {
      caller: nameReader(),
      // A token ends, and so may an account: whoever reads on is looked at again.
      assertAllowed: () => options.authorise(route.access, http.headers.authorization, readRelation(http)),
      writeDown: (about) => options.audit.answer(route, trail, { ...response, about }),
      readWithinMs: options.service.heartbeatMs,
    });
  });
}

/** The way of a request: is there room, who calls; then its turn, within its time. */
function newRun(route: Route, options: ServerOptions, repeats: Repeats) {
  const { admission, service } = options;
  const isMonitor = newMonitorCheck(service.metricsFrom);
  return async (http: HttpRequest, answer: HttpResponse, trail: Trail): Promise<Required<Response>> => {
    if (options.isDraining() && route.needsLedger) throw newError('DRAINING', 'This gateway is stopping; ask again when it is back');
    if (route.access.by === 'monitor' && !isMonitor(http)) throw noSuchRoute();
    const { lane } = route;
    if (lane !== 'none') admission.assertRoom(lane);
    const params = parseWith(route.params, http.params, 'path');
    trail.request = { params, query: {}, body: undefined };
    const authorised = await options.authorise(route.access, http.headers.authorization, readRelation(http), (known) => {
      trail.caller = known;
    });
    const caller = declareEmergency(authorised, http.get(emergencyHeader));
    trail.caller = caller;
    options.audit.assertReady(route);
    const format = route.isFhir ? chooseFhirFormat(http.headers.accept, http.query['_format']) : 'json';
    const give = (response: Required<Response>): Required<Response> =>
      format === 'json' ? response : route.method === 'get' ? toXml(response) : toXmlIfPossible(response);
    const serve = (aside: Pass['aside']): Promise<Required<Response>> =>
      serveRequest({ route, options, repeats }, http, { params, caller, aside, trail });
    if (lane === 'none') return give(await serve((wait) => wait()));
    const take = async (): Promise<Required<Response>> => {
      const pass = await admission.enter(lane, nameCaller(caller, http), newGoneSignal(answer));
      try {
        return await serve(pass.aside);
      } finally {
        pass.leave();
      }
    };
    const withinMs = service.answerWithinMs + readWait(http.headers.prefer);
    return give(await withinDeadline(withinMs, take, () => tooLate(route, http)));
  };
}

interface Served {
  readonly route: Route;
  readonly options: ServerOptions;
  readonly repeats: Repeats;
}

/** What is asked, whether the ledger's state is known, whether it was answered before; then the handler. */
async function serveRequest(
  { route, options, repeats }: Served,
  http: HttpRequest,
  { trail, ...known }: Pick<Request, 'params' | 'caller' | 'aside'> & { readonly trail: Trail },
): Promise<Required<Response>> {
  const { params, caller } = known;
  const query = parseWith(route.query, http.query, 'query');
  const { text, body } = await readBody(route, http, options);
  if (route.needsLedger) options.assertFresh();
  const waitMs = readWait(http.headers.prefer);
  trail.request = { params, query, body, subject: http.get('medaccord-subject') };
  assertInScope(caller, newScopedRequest(route, http, text));
  const header = (name: string): string | undefined => http.get(name);
  const request = { ...known, query, body, operation: '', waitMs, header, origin: readOrigin(http) };
  if (!isKeyed(route, http)) return handle(route, { ...request, operation: options.nameOf('operation', randomUUID()) });
  return repeats.run(
    { key: readIdempotencyKey(http), scope: formatScope(route, caller), content: formatContent(route, http, [params, query, text]) },
    (operation) => handle(route, { ...request, operation }),
  );
}

/** The request as far as the scopes of a token look at it. */
function newScopedRequest({ method, path, isFhir, bodyKind }: Route, http: HttpRequest, text: string): ScopedRequest {
  const { type } = http.params;
  const form = bodyKind === 'form' ? new URLSearchParams(text).keys() : [];
  return {
    method,
    path,
    isFhir,
    type: typeof type === 'string' ? type : undefined,
    parameters: [...Object.keys(http.query), ...form],
    isConditional: http.get('if-none-exist') !== undefined,
    bundle: text,
  };
}

function isKeyed({ idempotency }: Route, http: HttpRequest): boolean {
  return idempotency === true || (idempotency === 'optional' && http.get('idempotency-key') !== undefined);
}

/** What is known of a request that took too long, and how to learn more. */
function tooLate(route: Route, http: HttpRequest): CodedError {
  if (route.lane === 'reads') return newError('ANSWER_TOO_LATE', 'The answer was not ready in time; ask again');
  return newError(
    'ANSWER_TOO_LATE',
    isKeyed(route, http)
      ? 'Not done in time, and it may still be done; repeat the request with the same Idempotency-Key to learn its outcome'
      : 'Not done in time, and it may still be done; look before you write again, and send an Idempotency-Key where the route takes one',
  );
}

/** For whom requests are counted: who is proved to call, else from where. */
function nameCaller(caller: Caller, { ip = '' }: HttpRequest): string {
  if (caller.kind === 'staff') return `staff ${caller.subject}`;
  return caller.kind === 'relation' ? `relation ${caller.relationRef} ${String(caller.delegation ?? '')}` : `address ${ip}`;
}

async function handle(route: Route, request: Request): Promise<Required<Response>> {
  const { status = route.status, body, contentType = 'application/json', headers = {}, about, verdict = '' } = await route.handle(request);
  const isJson = contentType === 'application/json';
  const mentions = about ?? (isJson && route.audit !== 'none' ? listMentions(body) : []);
  return { status, body: isJson ? JSON.stringify(body) : body, contentType, headers, about: mentions, verdict };
}

async function readBody(
  route: Route,
  http: HttpRequest,
  { maxImportBytes, service }: ServerOptions,
): Promise<{ text: string; body: unknown }> {
  if (route.bodyKind === 'none') return { text: '', body: undefined };
  const maxBytes = ['fhir', 'patch'].includes(route.bodyKind) ? maxImportBytes : isOpenWrite(route) ? maxOpenBytes : maxJsonBytes;
  const bounds = { maxBytes, withinMs: service.bodyWithinMs };
  const text = await (route.bodyKind === 'fhir' ? readFhir(http, bounds) : readText(http, route.bodyKind, bounds));
  if (route.bodyKind !== 'json' || route.body === undefined) return { text, body: text };
  return { text, body: parseWith(route.body, parseStrictJson(text), 'body') };
}

function readRelation(http: HttpRequest): string | undefined {
  const { relationRef } = http.params;
  return typeof relationRef === 'string' ? relationRef : undefined;
}

/** Who calls, whatever else the token says of her: a new token of the same person repeats her request. */
function formatScope({ method, path }: Route, caller: Caller): string {
  const { kind } = caller;
  const who = kind === 'staff' ? { kind, subject: caller.subject, role: caller.role } : caller;
  return JSON.stringify([method, path, who]);
}

/** What a repeat must have in common with the first: for FHIR its conditions and subject, too, which are headers. */
function formatContent({ isFhir }: Route, http: HttpRequest, content: readonly unknown[]): string {
  const headers = isFhir ? ['if-match', 'if-none-exist', 'medaccord-subject'].map((name) => http.get(name) ?? null) : [];
  return JSON.stringify([...content, ...headers]);
}

/** RFC draft-ietf-httpapi-idempotency-key-header: a quoted or bare string of the client's making. */
function readIdempotencyKey(http: HttpRequest): string {
  const key = http.get('idempotency-key')?.replace(/^"(.*)"$/, '$1');
  if (key === undefined || key === '')
    throw newError('IDEMPOTENCY_KEY_REQUIRED', 'Send an Idempotency-Key header, such as a random UUID, and the same one when you repeat');
  if (key.length > 256) throw newError('REQUEST_INVALID', 'header.idempotency-key: 256 characters at most');
  return key;
}

/** RFC 7240, `wait`: seconds. */
function readWait(prefer: string | string[] | undefined): number {
  const seconds = /(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])/.exec(Array.isArray(prefer) ? prefer.join(',') : (prefer ?? ''))?.[1];
  return Math.min(longestWaitMs, Number(seconds ?? 0) * 1000);
}

/** A body that is empty has no type. */
function send(answer: HttpResponse, { status, body, contentType, headers }: Required<Response>): void {
  answer.status(status).set({ ...headers, 'cache-control': 'no-store' });
  if (body === '') answer.end();
  else answer.set('content-type', `${contentType}; charset=utf-8`).send(Buffer.from(String(body), 'utf8'));
}

function sendProblem(error: unknown, request: HttpRequest, answer: HttpResponse): void {
  const id = String(answer.locals.id);
  const problem = formatProblem(error, `urn:uuid:${id}`);
  const coded = toCodedError(error);
  answer.locals.code = problem.code;
  if (coded.category === 'internal') answer.locals.error = coded.cause instanceof Error ? coded.cause : coded;
  const retryAfter = readRetryAfter(coded);
  if (retryAfter !== undefined && !answer.hasHeader('retry-after')) answer.set('retry-after', String(retryAfter));
  if (problem.status === 401) answer.set('www-authenticate', 'Bearer');
  if (problem.code === 'SCOPE_NOT_ENOUGH') answer.set('www-authenticate', 'Bearer error="insufficient_scope"');
  if (cutOffStatuses.includes(problem.status)) answer.set('connection', 'close');
  const { body, contentType } = newProblemBody(problem, coded, request);
  answer.status(problem.status).set({ 'content-type': contentType, 'cache-control': 'no-store' }).send(Buffer.from(body));
  if (!request.complete) request.resume();
}

function newProblemBody(problem: ProblemDocument, { category }: CodedError, request: HttpRequest): { body: string; contentType: string } {
  if (!isFhirPath(request.path)) return { body: JSON.stringify(problem), contentType: 'application/problem+json' };
  const outcome = { body: JSON.stringify(formatOutcome(problem, category)), contentType: fhirJson };
  const { body, contentType } = wantsXml(request) ? toXmlIfPossible(outcome) : outcome;
  return { body, contentType: `${contentType}; charset=utf-8` };
}

/** One line per request: which route, with what result; never an address with its values, a body or a token. */
function logRequests({ log, onAnswered }: Pick<ServerOptions, 'log' | 'onAnswered'>) {
  return (request: HttpRequest, answer: HttpResponse, next: NextFunction): void => {
    const id = randomUUID();
    const startedAt = performance.now();
    answer.locals.id = id;
    answer.set('x-request-id', id);
    answer.on('finish', () => {
      const {
        route,
        code,
        error,
        isRoutine = false,
        trace = {},
      } = answer.locals as { route?: string; code?: string; error?: Error; isRoutine?: boolean; trace?: object };
      const took = performance.now() - startedAt;
      const line = {
        id,
        method: request.method,
        route: route ?? '(none)',
        status: answer.statusCode,
        ms: Math.round(took),
        ...trace,
        ...(code === undefined ? {} : { code }),
      };
      onAnswered({ route: line.route, method: nameMethod(request.method), status: line.status, code, seconds: took / 1000 });
      if (error === undefined) log[isRoutine && code === undefined ? 'debug' : 'info'](line, 'request');
      else log.error({ ...line, stack: formatStack(error) }, 'request failed');
    });
    next();
  };
}

/** What the routes know; anything else that HTTP knows is one. */
function nameMethod(method: string): string {
  return ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'].includes(method) ? method : 'OTHER';
}

/** Where an unexpected error comes from; its message may hold anything and stays out of the log. */
function formatStack(error: Error): string {
  return [
    error.name,
    ...(error.stack ?? '')
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .slice(0, 8),
  ].join('\n');
}
