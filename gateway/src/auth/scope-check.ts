import { newError } from '../problem';
import type { Caller } from './access';
import { apiScope, permitsLetters, type TokenGrant } from './smart-scope';

/** A request as far as scopes look at it. */
export interface ScopedRequest {
  readonly method: string;
  /** As the route writes it: `/fhir/{type}/{id}`. */
  readonly path: string;
  readonly isFhir: boolean;
  /** The resource type that the address names. */
  readonly type: string | undefined;
  /** Names of the search parameters, in the address or in a form. */
  readonly parameters: readonly string[];
  /** Whether it says If-None-Exist. */
  readonly isConditional: boolean;
  /** A bundle, as text. */
  readonly bundle?: string | undefined;
}

/** Letters that a FHIR interaction needs (SMART 2.2). What depends on a search needs `s`, too: its outcome tells of matches. */
const rows: Readonly<Record<string, string>> = {
  'get /fhir/{type}': 's',
  'post /fhir/{type}/_search': 's',
  'get /fhir/{type}/_history': 's',
  'post /fhir/{type}': 'c',
  'put /fhir/{type}': 'cus',
  'patch /fhir/{type}': 'us',
  'delete /fhir/{type}': 'ds',
  'get /fhir/{type}/{id}': 'r',
  'get /fhir/{type}/{id}/_history': 'r',
  'get /fhir/{type}/{id}/_history/{versionId}': 'r',
  'put /fhir/{type}/{id}': 'u',
  'patch /fhir/{type}/{id}': 'u',
  'delete /fhir/{type}/{id}': 'd',
  'post /fhir/{type}/$validate': 'c',
  'post /fhir/{type}/{id}/$validate': 'r',
  'get /fhir/{type}/{id}/$meta': 'r',
  'get /fhir/{type}/{id}/_history/{versionId}/$meta': 'r',
  'post /fhir/{type}/{id}/$meta-add': 'ru',
  'post /fhir/{type}/{id}/$meta-delete': 'ru',
};

/** Parameters by which a search reaches resources of other types: includes, reverse chains and chains. */
const reachesOut = (name: string): boolean => /^_(?:include|revinclude|has)(?::|$)/.test(name) || name.includes('.');

/**
 * Holds a request against the scopes of its token; a token without scopes, which the organisation signed itself, is bound by its role alone.
 * What is in no row needs every type.
 * @throws CodedError SCOPE_NOT_ENOUGH
 */
export function assertInScope(caller: Caller, request: ScopedRequest): void {
  const grant = caller.kind === 'staff' ? caller.grant : undefined;
  if (grant === undefined) return;
  if (!request.isFhir) {
    if (!grant.api) throw notEnough(apiScope);
    return;
  }
  if (request.method === 'post' && request.path === '/fhir') {
    for (const entry of listEntries(request.bundle ?? '') ?? [request]) assertOne(grant, entry);
  } else assertOne(grant, request);
}

function assertOne(grant: TokenGrant, request: ScopedRequest): void {
  const { method, path, type = '*', parameters } = request;
  // What others released, and claims of the ledger, are read like the organisation's own.
  const row = rows[`${method} ${path.replace(/^\/fhir\/(?:released\/\{relationRef\}|claims)/, '/fhir')}`];
  const letters = (row ?? (method === 'get' || path.includes('/$export') ? 'rs' : 'cruds')) + (isConditionalCreate(request) ? 's' : '');
  const wanted = row === undefined || parameters.some(reachesOut) ? '*' : type;
  const needed = wanted === type ? letters : `${letters}rs`;
  if (!permitsLetters(grant, wanted, needed)) throw notEnough(`${wanted}.${sortLetters(needed)}`);
}

function isConditionalCreate({ method, path, isConditional, parameters }: ScopedRequest): boolean {
  return (
    method === 'post' && path === '/fhir/{type}' && (isConditional || parameters.some((name) => name !== '_format' && name !== '_pretty'))
  );
}

/** The entries of a bundle, as the requests that they stand for; undefined when it is no JSON. */
function listEntries(text: string): ScopedRequest[] | undefined {
  return readEntries(text)?.map(({ request: asked }) => {
    const { method, url, ifNoneExist } = (asked ?? {}) as Readonly<Record<string, unknown>>;
    const [path = '', query = ''] = (typeof url === 'string' ? url : '').split('?');
    const [, type, ...rest] = /^(?:https?:\/\/.*?\/fhir\/|\/)?([A-Za-z]+)(\/.*)?$/.exec(path) ?? [];
    const tail = (rest[0] ?? '').replace(/^\/(?![_$])[^/]+/, '/{id}').replace(/\/_history\/.+$/, '/_history/{versionId}');
    return {
      method: (typeof method === 'string' ? method : '').toLowerCase().replace('head', 'get'),
      path: `/fhir/{type}${tail}`,
      isFhir: true,
      type,
      parameters: [...new URLSearchParams(query).keys()],
      isConditional: ifNoneExist !== undefined,
    };
  });
}

function readEntries(text: string): readonly { readonly request?: unknown }[] | undefined {
  try {
    const { entry } = (JSON.parse(text) ?? {}) as { entry?: unknown };
    return Array.isArray(entry) ? entry.map((one: unknown) => (typeof one === 'object' && one !== null ? one : {})) : [];
  } catch {
    return undefined;
  }
}

function sortLetters(letters: string): string {
  return Array.from('cruds')
    .filter((letter) => letters.includes(letter))
    .join('');
}

function notEnough(needed: string): Error {
  return newError('SCOPE_NOT_ENOUGH', `The token's scopes do not reach that far; this needs ${needed}`);
}
