import { z } from 'zod';
import type { Access } from '../../auth';
import { findHolder, type StandingOptions } from '../../decision';
import { formatJson, type JsonObject } from '../../fhir';
import { newStatementHead, type Pair } from '../../fhir-rest';
import {
  answerEligibility,
  LedgerReader,
  ledgerSearchParameters,
  ledgerTypes,
  personalTypes,
  type LedgerAnswer,
  type LedgerOptions,
  type LedgerType,
  type LedgerScope,
} from '../../fhir-ledger';
import { newError } from '../../problem';
import { newRoute, type Request, type Response, type Route } from '../route';
import { pairsOf } from './fhir-condition';
import { condition, format, id, shared, type as typeName } from './fhir-row';
import { reference } from './schemas';

export interface FhirClaimsOptions extends LedgerOptions, StandingOptions {
  readonly version: string;
}

/** Who bills and who decides. */
const staff = { by: 'staff', roles: ['registrar', 'records', 'insurer-clerk'] } as const;
const formats = z.strictObject(format);

/** One service for the staff of either side, over all of their relations; and one for each relation, for its patient. */
interface Service {
  readonly root: string;
  readonly access: Access;
  readonly params: Readonly<Record<string, z.ZodType<string>>>;
  readonly description: string;
  readonly security: string;
  readonly version: string;
  readonly types: readonly LedgerType[];
  /** Whether it takes requests for eligibility and subscriptions. */
  readonly hasRequests: boolean;
  readonly open: (request: Request) => Promise<LedgerScope>;
}

/**
 * Coverages, claims and payments of the ledger as FHIR R4. They have bases of their own: at /fhir/Claim stands what the hospital made and anchored, which
 * it changes and deletes; these are made of entries that nobody writes here.
 */
export function newFhirClaimsRoutes(options: FhirClaimsOptions): readonly Route[] {
  const reader = new LedgerReader(options);
  const { version } = options;
  return [
    newEligibilityRoute(options),
    ...newServiceRoutes(reader, {
      root: '/fhir/claims',
      access: staff,
      params: {},
      types: ledgerTypes,
      description: 'Coverages and claims of the relations of this organisation, and payments of its statements, as the ledger has them',
      security: 'A bearer token that the organisation signed, of a role that bills or decides claims',
      version,
      hasRequests: true,
      open: ({ origin }) => Promise.resolve({ base: `${origin}/fhir/claims` }),
    }),
    ...newServiceRoutes(reader, {
      root: '/fhir/own-claims/{relationRef}',
      access: { by: 'relation' },
      params: { relationRef: reference },
      types: personalTypes,
      description: 'Coverages and claims of one patient in one relation, for herself',
      security: "A bearer token that the patient's wallet signed with the key of this relation",
      version,
      hasRequests: false,
      open: (request) => openForPatient(options, request),
    }),
  ];
}

/** As for her records: her keys read nothing while she is held, and after her death. */
async function openForPatient(options: FhirClaimsOptions, { params, origin }: Request): Promise<LedgerScope> {
  const { relationRef } = params as { relationRef: string };
  await findHolder(options, relationRef);
  return { base: `${origin}/fhir/own-claims/${relationRef}`, within: relationRef };
}

function newServiceRoutes(reader: LedgerReader, service: Service): readonly Route[] {
  return [newStatementRoute(service), ...newSearchRoutes(reader, service), newReadRoute(reader, service)];
}

function newStatementRoute({ root, params, ...service }: Service): Route {
  const since = new Date().toISOString();
  return newRoute({
    ...shared,
    method: 'get',
    path: `${root}/metadata`,
    summary: 'CapabilityStatement: what can be done here',
    access: { by: 'anybody' },
    audit: 'none',
    params: z.strictObject(params),
    query: formats,
    needsLedger: false,
    handle: ({ params: named, origin }) => {
      const base = origin + root.replace('{relationRef}', (named as { relationRef?: string }).relationRef ?? '');
      return Promise.resolve(toResponse({ resource: newStatement({ ...service, base, since }), about: [] }));
    },
  });
}

type Statement = Pick<Service, 'version' | 'types' | 'description' | 'security' | 'hasRequests'> & {
  readonly base: string;
  readonly since: string;
};

function newStatement({ types, description, security, hasRequests, ...head }: Statement): JsonObject {
  const written = ['create', 'read', 'update', 'delete', 'search-type'].map((code) => ({ code }));
  const submit = { name: 'submit', definition: 'http://hl7.org/fhir/OperationDefinition/CoverageEligibilityRequest-submit' };
  return {
    ...newStatementHead(head, description),
    rest: [
      {
        mode: 'server',
        security: { description: security },
        resource: [
          ...types.map((type) => ({
            type,
            interaction: [{ code: 'read' }, { code: 'search-type' }],
            versioning: 'no-version',
            searchParam: ledgerSearchParameters(type),
          })),
          ...(hasRequests
            ? [
                { type: 'CoverageEligibilityRequest', operation: [submit] },
                { type: 'Subscription', interaction: written },
              ]
            : []),
        ],
      },
    ],
  };
}

function newSearchRoutes(reader: LedgerReader, { root, access, params, types, open }: Service): readonly Route[] {
  const run = async (request: Request, pairs: readonly Pair[]): Promise<Response> => {
    const { type } = request.params as { type: string };
    return toResponse(await reader.search(parseType(type, types), pairs, await open(request)));
  };
  const search = { ...shared, access, audit: 'search', params: z.strictObject({ ...params, type: typeName }), query: condition } as const;
  return [
    newRoute({
      ...search,
      method: 'get',
      path: `${root}/{type}`,
      summary: 'Search coverages, claims, what their insurers answered, or payments',
      handle: (request) => run(request, pairsOf(request.query)),
    }),
    newRoute({
      ...search,
      method: 'post',
      path: `${root}/{type}/_search`,
      summary: 'Search coverages, claims, answers or payments, the search in the body so that it stands in no address',
      bodyKind: 'form',
      body: z.string(),
      handle: (request) => run(request, [...pairsOf(request.query), ...new URLSearchParams(request.body)]),
    }),
  ];
}

function newReadRoute(reader: LedgerReader, { root, access, params, types, open }: Service): Route {
  return newRoute({
    ...shared,
    method: 'get',
    path: `${root}/{type}/{id}`,
    summary: 'A coverage, a claim, what its insurer answered, or a payment, as it stands now',
    access,
    audit: 'read',
    params: z.strictObject({ ...params, type: typeName, id }),
    query: formats,
    handle: async (request) => {
      const { type, id: named } = request.params;
      return toResponse(await reader.read(parseType(type, types), named, await open(request)));
    },
  });
}

/** @throws CodedError ROUTE_NOT_FOUND */
function parseType(type: string, types: readonly LedgerType[]): LedgerType {
  const found = types.find((one) => one === type);
  if (found === undefined) throw newError('ROUTE_NOT_FOUND', `Here are ${types.join(', ')}`);
  return found;
}

function newEligibilityRoute(options: FhirClaimsOptions): Route {
  return newRoute({
    ...shared,
    method: 'post',
    path: '/fhir/claims/CoverageEligibilityRequest/$submit',
    summary: 'Whether a coverage is in force on a day, and what is left of it; nothing is kept',
    access: staff,
    audit: 'operation',
    lane: 'reads',
    query: formats,
    bodyKind: 'fhir',
    body: z.string(),
    handle: async ({ body }) => toResponse(await answerEligibility(options, body)),
  });
}

function toResponse({ resource, about }: LedgerAnswer): Response {
  return { status: 200, body: formatJson(resource), contentType: 'application/fhir+json', about };
}
