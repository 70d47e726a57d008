import {
  coveredDays,
  dayOf,
  formatInstant,
  isAccepted,
  parseDay,
  type AccumulatorEntry,
  type CoverageEntry,
  type Day,
  type PlanEntry,
} from '@medaccord/chaincode/model';
import { openTerms } from '../adjudication/open-coverage';
import { readChain } from '../claim-papers/read-chain';
import { listCoverage } from '../claim-papers/read-coverage';
import { findDecidingPlan, listOf } from '../claims';
import { isObject, parseLosslessJson, type JsonObject, type JsonValue } from '../fhir';
import { formatEligibility, identifierNames, ledgerIdOf } from '../fhir-claims';
import { newError, readCode } from '../problem';
import { assertValid } from '../validation';
import type { LedgerOptions } from './ledger-options';
import type { LedgerAnswer } from './ledger-reader';
import { openIfHere } from './open-if-here';
import { findCoveragesNamed } from './read-coverage';

const purposes = ['benefits', 'validation'] as const;

/**
 * Answers a CoverageEligibilityRequest (FHIR R4, its operation `$submit`) about one coverage, from what this organisation knows of it.
 * @throws CodedError FHIR_INVALID, REQUEST_INVALID, RESOURCE_NOT_FOUND
 */
export async function answerEligibility(options: LedgerOptions, text: string): Promise<LedgerAnswer> {
  const request = await parseRequest(text);
  const coverageId = ledgerIdOf(readCoverageId(request));
  const [entry] = await findCoveragesNamed(options, coverageId);
  const terms = entry && (await openIfHere(() => openTerms(options, entry)));
  if (entry === undefined || terms === undefined) throw newError('RESOURCE_NOT_FOUND', 'No such coverage is known here');
  const { relationRef, insurer } = entry;
  assertNamed(request, 'patient', { system: identifierNames.relation, value: relationRef });
  assertNamed(request, 'insurer', { system: identifierNames.member, value: insurer });
  const { facts } = options.store;
  const at = formatInstant(Date.now());
  const day = readDay(request) ?? dayOf(at);
  const plans = facts.list<PlanEntry>('plan', insurer).map(({ value }) => value);
  // Asked of a day of service alone: that is all that the rule looks at of a line to find the plan.
  const plan = findDecidingPlan(plans, terms, { claim: { submittedAt: at }, body: { lines: [{ day }] as never } });
  const days = coveredDays(terms, await listCoverage(options, relationRef, entry.coverageId));
  const accumulators = await readUsed(options, entry);
  const resource = formatEligibility({ request, purposes: readPurposes(request), day, at }, { entry, terms, days, plan, accumulators });
  return { resource, about: [{ relationRef, reference: `Coverage/${readCoverageId(request)}` }] };
}

async function parseRequest(text: string): Promise<JsonObject> {
  const request = readResource(parseLosslessJson(text));
  if (!isObject(request) || request['resourceType'] !== 'CoverageEligibilityRequest')
    throw newError('REQUEST_INVALID', 'body: must be a CoverageEligibilityRequest, or Parameters whose `resource` is one');
  await assertValid([{ place: 'body', resource: request }], {});
  if (request['status'] !== 'active') throw newError('REQUEST_INVALID', 'body.status: must be active');
  return request;
}

/** An operation takes its one resource as it is, or as its parameter `resource`. */
function readResource(body: JsonValue): JsonValue | undefined {
  if (!isObject(body) || body['resourceType'] !== 'Parameters') return body;
  const parameters = Array.isArray(body['parameter']) ? body['parameter'] : [];
  const [only, ...others] = parameters.filter(isObject).filter(({ name }) => name === 'resource');
  return others.length === 0 ? only?.['resource'] : undefined;
}

/** What is answered is true of the coverage's own patient and insurer: who asks about others is not told that it is theirs. */
function assertNamed(request: JsonObject, element: 'patient' | 'insurer', own: { readonly system: string; readonly value: string }): void {
  const reference = request[element];
  const identifier = isObject(reference) ? reference['identifier'] : undefined;
  if (isObject(identifier) && identifier['system'] === own.system && identifier['value'] !== own.value)
    throw newError('REQUEST_INVALID', `body.${element}: must be the one of the coverage`);
}

function readCoverageId(request: JsonObject): string {
  const [insurance, ...others] = listOf(request['insurance'], 'CoverageEligibilityRequest.insurance');
  const coverage = insurance?.value['coverage'];
  const reference = isObject(coverage) && typeof coverage['reference'] === 'string' ? coverage['reference'] : '';
  const id = /(?:^|\/)Coverage\/([A-Za-z0-9.-]{1,64})$/.exec(reference)?.[1];
  if (id === undefined || others.length > 0)
    throw newError('REQUEST_INVALID', 'body.insurance: must be one, whose coverage is a reference such as Coverage/1');
  return id;
}

function readPurposes(request: JsonObject): string[] {
  const asked = Array.isArray(request['purpose']) ? request['purpose'] : [];
  const known = purposes.filter((one) => asked.includes(one));
  if (known.length < asked.length) throw newError('REQUEST_INVALID', `body.purpose: must be of ${purposes.join(', ')}`);
  return known;
}

function readDay({ servicedDate, servicedPeriod }: JsonObject): Day | undefined {
  const written = servicedDate ?? (isObject(servicedPeriod) ? servicedPeriod['start'] : undefined);
  if (written === undefined) return undefined;
  const day = typeof written === 'string' ? written.slice(0, 10) : '';
  if (!isAccepted(parseDay, day)) throw newError('REQUEST_INVALID', 'body.servicedDate: must be a whole day such as 2026-01-31');
  return day;
}

/** What is used, as far as the newest adjudication is here. */
async function readUsed({ store: { facts }, sealed }: LedgerOptions, { relationRef, coverageId }: CoverageEntry): Promise<Used> {
  const accumulator = facts.find<AccumulatorEntry>('accumulator', relationRef, coverageId)?.value;
  if (accumulator === undefined) return undefined;
  try {
    const chain = await openIfHere(() => readChain({ facts, sealed }, { relationRef, coverageId }, accumulator));
    return chain?.used;
  } catch (error) {
    if (readCode(error) === 'READ_MODEL_STALE') return undefined;
    throw error;
  }
}

type Used = Parameters<typeof formatEligibility>[1]['accumulators'];
