import {
  groupByPerson,
  listMentions,
  nameAccount,
  nameClient,
  newDraft,
  type AuditedAct,
  type AuditEvent,
  type Mention,
  type PersonFinder,
} from '../audit';
import type { Caller } from '../auth';
import { toCodedError } from '../problem';
import type { AuditLog, LocalKey } from '../store';
import { formatProblem } from './problem-document';
import type { Request, Response, Route } from './route';

export interface AuditTrailOptions {
  readonly log: Pick<AuditLog, 'append' | 'assertReady'>;
  readonly key: Pick<LocalKey, 'name'>;
  readonly persons: PersonFinder;
}

/** What is known of a request so far. */
export interface Trail {
  readonly requestId: string;
  /** Network address of the caller. */
  readonly address: string | undefined;
  caller?: Caller;
  request?: Pick<Request, 'params' | 'query' | 'body'> & { readonly subject?: string | undefined };
}

type Outcome = Pick<AuditedAct, 'status' | 'code'> & { readonly mentions: readonly Mention[] };

/** Writes down what routes decide about people's data, before they answer. */
export class AuditTrail {
  readonly #options: AuditTrailOptions;

  constructor(options: AuditTrailOptions) {
    this.#options = options;
  }

  /** Refuses what could not be written down, before it is done. @throws CodedError AUDIT_UNAVAILABLE */
  assertReady({ audit }: Route): void {
    if (audit !== 'none') this.#options.log.assertReady();
  }

  /** Resolves when the answer may leave. @throws CodedError AUDIT_UNAVAILABLE */
  async answer(route: Route, trail: Trail, { status, about, verdict }: Required<Response>): Promise<void> {
    await this.#write(route, trail, { status, code: verdict === '' ? null : verdict, mentions: about });
  }

  /** Resolves when the refusal may be told; of callers that nobody knows none is kept. @throws CodedError AUDIT_UNAVAILABLE */
  async refuse(route: Route, trail: Trail, error: unknown): Promise<void> {
    if (trail.caller === undefined || trail.caller.kind === 'anybody') return;
    const { code } = toCodedError(error);
    await this.#write(route, trail, { status: formatProblem(error, '').status, code, mentions: [] });
  }

  async #write({ audit, method, path }: Route, { requestId, address, caller, request }: Trail, outcome: Outcome): Promise<void> {
    if (audit === 'none' || caller === undefined) return;
    const { log, key, persons } = this.#options;
    const relationRef = readText(request?.params, 'relationRef');
    const emergency = emergencyOf(caller);
    const mentions = [...listAsked(audit, request), ...outcome.mentions];
    const groups = await groupByPerson(relationRef === undefined ? mentions : mentions.map((one) => ({ relationRef, ...one })), persons);
    const shared = {
      ...{ requestId, event: audit, route: `${method} ${path}`, actor: actorOf(caller) },
      ...{ types: listTypes(request), status: outcome.status, code: outcome.code ?? emergency },
      ...{
        purpose: findPurpose(audit, request) ?? (emergency === null ? null : 'BTG'),
        query: formatQuery(audit, request),
        address: address ?? null,
      },
    };
    await log.append(groups.map((group) => newDraft({ ...shared, ...group }, key)));
  }
}

function actorOf(caller: Caller): AuditedAct['actor'] {
  if (caller.kind !== 'staff') return caller;
  const { kind, subject, role, department } = caller;
  return { kind, subject, role, department };
}

/** For which emergency the caller's reach is lifted. */
function emergencyOf(caller: Caller): string | null {
  return (caller.kind === 'staff' ? caller.emergency : undefined) ?? null;
}

/** What the request says that it is for. In a search the parameter of that name looks for something. */
function findPurpose(event: AuditEvent, request: Trail['request']): string | undefined {
  return readText(request?.body, 'purpose') ?? (event === 'search' ? undefined : readText(request?.query, 'purpose'));
}

/** What a request itself names. */
function listAsked(event: AuditEvent, request: Trail['request']): readonly Mention[] {
  if (request === undefined) return [];
  return event === 'account' ? listManaged(request) : listPersons(request);
}

function listPersons(request: NonNullable<Trail['request']>): readonly Mention[] {
  const { params, query, body, subject } = request;
  const [type, id] = [readText(params, 'type'), readText(params, 'id')];
  const subjectRef = subject ?? (type === undefined ? readText(query, 'subject') : undefined);
  return [
    ...listMentions({ ...(params as object), ...(typeof body === 'object' ? body : {}) }),
    ...(subjectRef !== undefined && isReference(subjectRef) ? [{ subjectRef }] : []),
    ...(type === undefined || id === undefined ? [] : [{ reference: `${type}/${id}` }]),
    ...(type === undefined ? [] : listPatients(query, body)),
  ];
}

/** The account or application that an operator's request is about, whether or not there is one. */
function listManaged({ params, body }: NonNullable<Trail['request']>): readonly Mention[] {
  const userName = readText(params, 'id') ?? readText(body, 'userName');
  const clientId = readText(params, 'clientId') ?? readText(body, 'clientId');
  return [
    ...(userName === undefined ? [] : [{ reference: nameAccount(userName) }]),
    ...(clientId === undefined ? [] : [{ reference: nameClient(clientId) }]),
  ];
}

/** The patients whom a FHIR search is about. */
function listPatients(query: unknown, body: unknown): readonly Mention[] {
  const inBody = new URLSearchParams(typeof body === 'string' ? body.slice(0, 4096) : '');
  return ['patient', 'subject'].flatMap((name) =>
    [readText(query, name), inBody.get(name)].flatMap((value) => {
      const id = /^(?:Patient\/)?([A-Za-z0-9.-]{1,64})$/.exec(value ?? '')?.[1];
      return id === undefined ? [] : [{ reference: `Patient/${id}` }];
    }),
  );
}

/** Whether a text has the form of a random reference. */
function isReference(text: string): boolean {
  return /^[A-Za-z0-9_-]{22}$/.test(text);
}

function listTypes(request: Trail['request']): readonly string[] {
  const type = readText(request?.params, 'type');
  return type === undefined ? [] : [type];
}

/** A search as its address would be, wherever its parameters stood. */
function formatQuery(event: AuditEvent, request: Trail['request']): string | null {
  if (event !== 'search' || request === undefined) return null;
  const inQuery = Object.entries(request.query as Readonly<Record<string, unknown>>).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, String(value)]),
  );
  const inBody = [...new URLSearchParams(typeof request.body === 'string' ? request.body : '')];
  return `${readText(request.params, 'type') ?? ''}?${new URLSearchParams([...inQuery, ...inBody]).toString()}`;
}

function readText(value: unknown, name: string): string | undefined {
  const found = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
  return typeof found === 'string' ? found : undefined;
}
