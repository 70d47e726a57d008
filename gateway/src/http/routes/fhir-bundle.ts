import { z } from 'zod';
import { FhirError, formatJson } from '../../fhir';
import {
  isBatch,
  newTransactionResponse,
  parsePrefer,
  readHistory,
  runBatch,
  searchResources,
  type BatchEntry,
  type FhirAnswer,
  type Refusal,
  type WriteContext,
  type WriteTarget,
} from '../../fhir-rest';
import type { Caller } from '../../auth';
import { toCodedError, type CodedError } from '../../problem';
import { formatOutcome } from '../operation-outcome';
import { formatProblem } from '../problem-document';
import { newRoute, type Request, type Response, type Route } from '../route';
import { assertType, baseOf, newContext, toResponse, type FhirRoutesOptions } from './fhir-answer';
import type { View } from './view-of';

/** POST /fhir: a transaction, all of it or nothing, or a batch, each entry for itself. */
export function newBundleRoute(options: FhirRoutesOptions): readonly Route[] {
  return [
    newRoute({
      method: 'post',
      path: '/fhir',
      summary: 'A transaction (all of it or nothing) or a batch (each entry for itself) of FHIR R4',
      access: { by: 'staff', roles: ['records'] },
      audit: 'transaction',
      bodyKind: 'fhir',
      body: z.string(),
      query: z.strictObject({ _format: z.string().max(64).optional(), _pretty: z.string().max(64).optional() }),
      idempotency: 'optional',
      response: z.looseObject({ resourceType: z.literal('Bundle') }),
      isFhir: true,
      handle: (request) => (isBatch(request.body) ? answerBatch(options, request) : answerTransaction(options, request)),
    }),
  ];
}

type BundleRequest = Request<unknown, unknown, string>;

async function answerTransaction({ writer }: FhirRoutesOptions, request: BundleRequest): Promise<Response> {
  const { origin, body, header } = request;
  const outcome = await writer.transact(body, newContext(request));
  // Unless it is asked for, the many resources of a transaction are not sent back.
  const wish = header('prefer')?.includes('return=') === true ? parsePrefer(header('prefer')).answer : undefined;
  const bundle = await newTransactionResponse(writer, outcome, { base: baseOf(origin), wish });
  return toResponse(origin, { status: 200, resource: bundle });
}

async function answerBatch(options: FhirRoutesOptions, request: BundleRequest): Promise<Response> {
  const { origin, body, caller } = request;
  const context = newContext(request);
  const base = baseOf(origin);
  const bundle = await runBatch(body, base, {
    run: (entry) => runEntry(options, entry, { base, context, caller }),
    refuse: (error) => {
      const coded = toCodedError(error);
      // The batch is answered all the same: an unexpected error is told where it is looked for.
      if (coded.category === 'internal') options.onTrouble(error);
      return refuse(error, coded);
    },
  });
  return toResponse(origin, { status: 200, resource: bundle });
}

function refuse(error: unknown, { category }: CodedError): Refusal {
  const problem = formatProblem(error, '');
  const { id: _id, ...outcome } = formatOutcome(problem, category);
  return { status: problem.status, outcome: outcome as Refusal['outcome'] };
}

interface BatchContext {
  readonly base: string;
  readonly caller: Caller;
  readonly context: WriteContext;
}

function runEntry(options: FhirRoutesOptions, entry: BatchEntry, { base, context, caller }: BatchContext): Promise<FhirAnswer> {
  const own = { ...context, operation: `${context.operation}/${String(entry.at)}`, ifMatch: entry.ifMatch };
  const [path = '', query = ''] = entry.url.replace(`${base}/`, '').split('?');
  const [type = '', ...rest] = path.split('/');
  assertType(type);
  const place = { type, rest, query, base };
  switch (entry.method) {
    case 'GET':
      return runRead(options.viewOf(caller), entry, place);
    case 'POST':
    case 'PUT':
      return options.writer.write(type, targetOf(entry, place), formatJson(entry.resource ?? null), own);
    case 'PATCH':
      return runPatch(options, entry, { ...place, context: own });
    case 'DELETE':
      return runDelete(options, entry, place);
    default:
      throw notSupported(entry);
  }
}

interface Place {
  readonly type: string;
  /** What follows the type in the path. */
  readonly rest: readonly string[];
  readonly query: string;
  readonly base: string;
}

type PatchPlace = Place & Pick<BatchContext, 'context'>;

/** In a batch a JSON Patch comes as a Binary (FHIR R4 http.html#patch). */
function runPatch({ changer }: FhirRoutesOptions, entry: BatchEntry, { type, rest, query, context }: PatchPlace): Promise<FhirAnswer> {
  const [id, ...more] = rest;
  const { resourceType, contentType, data } = entry.resource ?? {};
  if (more.length > 0) throw notSupported(entry);
  if (resourceType !== 'Binary' || contentType !== 'application/json-patch+json' || typeof data !== 'string')
    throw new FhirError(
      'BUNDLE_INVALID',
      `entry[${String(entry.at)}].resource`,
      'must be a Binary with data of type application/json-patch+json.',
    );
  const patch = Buffer.from(data, 'base64').toString('utf8');
  return id === undefined ? changer.patchFound(type, query, patch, context) : changer.patch(type, id, patch, context);
}

function runDelete({ writer }: FhirRoutesOptions, entry: BatchEntry, { type, rest, query }: Place): Promise<FhirAnswer> {
  const [id, ...more] = rest;
  if (more.length > 0) throw notSupported(entry);
  return id === undefined ? writer.removeFound(type, query, entry.ifMatch) : writer.remove(type, id, entry.ifMatch);
}

async function runRead({ reader, held }: View, entry: BatchEntry, { type, rest, query, base }: Place): Promise<FhirAnswer> {
  const [id, word, versionId] = rest;
  if (id === undefined) {
    const pairs = [...new URLSearchParams(query)];
    return { status: 200, resource: await searchResources(reader, held, { type, pairs, base, isStrict: false }) };
  }
  if (word === undefined) return reader.read(type, id, entry.ifNoneMatch);
  if (word !== '_history') throw notSupported(entry);
  if (versionId !== undefined) return reader.readVersion(type, id, versionId);
  return { status: 200, resource: await readHistory(reader, held.key, { type, id, base }) };
}

function targetOf(entry: BatchEntry, { rest, query }: Place): WriteTarget {
  const [id, ...more] = rest;
  if (more.length > 0) throw notSupported(entry);
  if (entry.method === 'POST' && id === undefined) return { kind: 'create', ifNoneExist: entry.ifNoneExist };
  if (entry.method === 'POST') throw notSupported(entry);
  return id === undefined ? { kind: 'update-found', condition: query } : { kind: 'update', id };
}

function notSupported({ at }: BatchEntry): FhirError {
  return new FhirError('BUNDLE_NOT_SUPPORTED', `entry[${String(at)}].request`, 'asks for an interaction that a batch does not do.');
}
