import { z } from 'zod';
import type { Audited, Mention } from '../audit';
import type { Access, Caller } from '../auth';
import type { Lane, Pass } from './admission';

export interface Request<Params = unknown, Query = unknown, Body = unknown> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Caller;
  /** Name of the operation that the Idempotency-Key stands for: one per caller, route and key. Empty where none is asked for. */
  readonly operation: string;
  /** Milliseconds that the caller is ready to wait for a later result (`Prefer: wait=N`). */
  readonly waitMs: number;
  /** A header, by its name in lower case. */
  readonly header: (name: string) => string | undefined;
  /** Where this service is, as the caller addressed it: `https://host`. */
  readonly origin: string;
  /** Waits for what others do, such as the answer of another organisation: who waits so keeps nobody from working. */
  readonly aside: Pass['aside'];
}

export interface Response {
  readonly status?: number;
  /** JSON, unless `contentType` says that it is a text of another type; of an event stream its StreamParts. */
  readonly body: unknown;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whom and what the body tells of, for the audit log; of a JSON body its names are found without. */
  readonly about?: readonly Mention[];
  /** What was decided about an access that was asked for, for the audit log. */
  readonly verdict?: string;
}

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** How the body is read: strict JSON by a schema, or the text as it stands (FHIR, a JSON Patch, a form). */
export type BodyKind = 'none' | 'json' | 'fhir' | 'patch' | 'form';

export interface Route {
  readonly method: Method;
  /** As OpenAPI writes it: `/api/relations/{relationRef}`. */
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  /** What is written to the audit log before the answer leaves. */
  readonly audit: Audited;
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  readonly body: z.ZodType | undefined;
  readonly bodyKind: BodyKind;
  /** Whether repeating the request is made harmless by an Idempotency-Key; where that is optional, each request without one is a new one. */
  readonly idempotency: boolean | 'optional';
  /** Status of success and the shape of its body; undefined where it has none. */
  readonly status: number;
  readonly response: z.ZodType;
  /** The read model must be fresh; all but the routes that tell about the gateway itself. */
  readonly needsLedger: boolean;
  /** Machines ask all the time: a success is no news, and logged as detail. */
  readonly isRoutine: boolean;
  /** Speaks FHIR: media types are negotiated, answers are resources, errors OperationOutcomes. */
  readonly isFhir: boolean;
  /** Answers with server-sent events where they are asked for. */
  readonly isStream: boolean;
  /** Of an answer that is a text and no JSON: its media types. */
  readonly textTypes: readonly string[];
  /** What bounds how many of them are under way at once; `none`: always answered, whatever the load. */
  readonly lane: Lane | 'none';
  readonly handle: (request: Request) => Promise<Response>;
}

interface RouteSpec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  readonly audit: Audited;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly bodyKind?: BodyKind;
  readonly idempotency?: Route['idempotency'];
  readonly status?: number;
  readonly response: z.ZodType;
  readonly needsLedger?: boolean;
  readonly isRoutine?: boolean;
  readonly isFhir?: boolean;
  readonly isStream?: boolean;
  readonly textTypes?: readonly string[];
  readonly lane?: Route['lane'];
  readonly handle: (request: Request<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Response>;
}

/** No path or query parameters. */
const nothing = z.strictObject({});

/** Fills in what a route leaves unsaid, checking handler against schemas; what it may not leave unsaid is who may call it and what is audited. */
export function newRoute<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(spec: RouteSpec<P, Q, B>): Route {
  return {
    idempotency: false,
    status: 200,
    needsLedger: true,
    isRoutine: false,
    isFhir: false,
    isStream: false,
    textTypes: [],
    ...spec,
    params: spec.params ?? nothing,
    query: spec.query ?? nothing,
    body: spec.body,
    lane: spec.lane ?? (spec.method === 'get' || spec.bodyKind === 'form' ? 'reads' : 'writes'),
    bodyKind: spec.bodyKind ?? (spec.body === undefined ? 'none' : 'json'),
    handle: spec.handle as Route['handle'],
  };
}
