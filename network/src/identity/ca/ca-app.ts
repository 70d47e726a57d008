import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { CaCode, CaRefusal } from './ca-refusal';
import { parseCaName, type CaRequest } from './ca-request';
import { CA_ROUTES, type CaRoute } from './ca-routes';
import type { CertificateAuthority } from './certificate-authority';

/** One answered request, for a log: neither secrets nor bodies. */
export interface CaLogEntry {
  readonly ca: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Code and reason as the CA knows them; the caller may have been told less. */
  readonly code: number;
  readonly reason: string;
  readonly ms: number;
}

export type CaLog = (entry: CaLogEntry) => void;

const LARGEST_BODY = '256kb';

/**
 * Carries the CA's routes over HTTP, under `/api/v1` and without it, in Fabric CA's envelope `{result, errors, messages, success}`.
 *
 * @param authorities the first answers requests that name no CA.
 */
export function newCaApp(authorities: readonly CertificateAuthority[], log: CaLog): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(express.raw({ type: () => true, limit: LARGEST_BODY }));
  for (const [path, methods] of Object.entries(CA_ROUTES)) {
    app.all([`/api/v1${path}`, path], (request, response) => answer(request, response, { authorities, methods, log }));
  }
  app.use((request: Request, response: Response) => {
    refuse(request, response, new CaRefusal(404, CaCode.unknown, 'There is no such path'), { ca: '', log, start: Date.now() });
  });
  app.use((error: { status?: number }, request: Request, response: Response, _next: NextFunction) => {
    const refusal = new CaRefusal(error.status ?? 500, CaCode.badBody, 'The request could not be read');
    refuse(request, response, refusal, { ca: '', log, start: Date.now() });
  });
  return app;
}

interface Desk {
  readonly authorities: readonly CertificateAuthority[];
  readonly methods: Readonly<Record<string, CaRoute>>;
  readonly log: CaLog;
}

interface Trace {
  ca: string;
  readonly log: CaLog;
  readonly start: number;
}

async function answer(request: Request, response: Response, { authorities, methods, log }: Desk): Promise<void> {
  const trace: Trace = { ca: '', log, start: Date.now() };
  try {
    const route = methods[request.method];
    if (!route) {
      throw new CaRefusal(405, CaCode.methodNotAllowed, `Method ${request.method} is not allowed`);
    }
    const plain = toCaRequest(request);
    const ca = chooseAuthority(authorities, parseCaName(plain));
    trace.ca = ca.name;
    const result = await route.handle(ca, plain);
    response.status(route.status).json({ result, errors: [], messages: [], success: true });
    write(trace, request, { status: route.status, code: 0, reason: 'OK' });
  } catch (error) {
    refuse(request, response, error, trace);
  }
}

function toCaRequest(request: Request): CaRequest {
  const { id } = request.params;
  return {
    method: request.method,
    path: request.originalUrl,
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    authorization: request.headers.authorization,
    query: new URL(request.originalUrl, 'http://ca').searchParams,
    id: typeof id === 'string' ? id : undefined,
  };
}

function chooseAuthority(authorities: readonly CertificateAuthority[], name: string | undefined): CertificateAuthority {
  const authority = name === undefined ? authorities[0] : authorities.find((candidate) => candidate.name === name);
  if (!authority) {
    throw new CaRefusal(
      404,
      CaCode.caNotFound,
      `There is no CA of that name here; there are ${authorities.map((ca) => ca.name).join(', ')}`,
    );
  }
  return authority;
}

function refuse(request: Request, response: Response, error: unknown, trace: Trace): void {
  const refusal = error instanceof CaRefusal ? error : newInternalRefusal(error);
  const errors = [{ code: refusal.code, message: refusal.message }];
  response.status(refusal.status).json({ result: '', errors, messages: [], success: false });
  write(trace, request, { status: refusal.status, code: refusal.local.code, reason: refusal.local.message });
}

/** What the CA did not foresee is told to its log, not to the caller. */
function newInternalRefusal(error: unknown): CaRefusal {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new CaRefusal(500, CaCode.unknown, 'Internal error', { code: CaCode.unknown, message });
}

function write({ ca, log, start }: Trace, request: Request, outcome: Pick<CaLogEntry, 'status' | 'code' | 'reason'>): void {
  log({ ca, method: request.method, path: request.path, ...outcome, ms: Date.now() - start });
}
