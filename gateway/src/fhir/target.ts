import type { Entry } from './bundle';
import { isFulfilled, parseCondition, type Condition } from './condition';
import { FhirError } from './fhir-error';
import { identifierTokensOf } from './identifier-token';
import type { IndexedResource, ResourceIndex } from './resource-index';

/** Where an entry ends up: its identity here, and what is there now. */
export type Target = {
  readonly entry: Entry;
  readonly id: string;
  /** The version that is held now; undefined when there is none. */
  readonly current: IndexedResource | undefined;
  /** A conditional create found this resource: it is taken as it is, the entry's own content is not used. */
  readonly isFound: boolean;
};

/** Finds the resources that fulfil a condition among those held. */
export async function findHeld(index: ResourceIndex, type: string, condition: Condition): Promise<readonly IndexedResource[]> {
  const { id, tokens } = condition;
  const [first, ...rest] = tokens;
  if (first === undefined) {
    const found = id === undefined ? undefined : await index.find(type, id);
    return found === undefined || found.isDeleted ? [] : [found];
  }
  const others = await Promise.all(rest.map((token) => index.findByIdentifier(type, token)));
  const found = await index.findByIdentifier(type, first);
  return found.filter((held) => (id === undefined || held.id === id) && others.every((list) => list.some((other) => other.id === held.id)));
}

/**
 * Settles the identity of every entry: assigned for a POST, kept for a PUT, found for a condition (FHIR R4 http.html#trules).
 * @throws {FhirError} BUNDLE_DUPLICATE, BUNDLE_CONDITION_AMBIGUOUS, BUNDLE_VERSION_OUTDATED, BUNDLE_RESOURCE_DELETED
 */
export async function settleTargets(entries: readonly Entry[], index: ResourceIndex, newId: (entry: number) => string): Promise<Target[]> {
  const targets = await Promise.all(entries.map((entry, at) => settleTarget(entry, index, () => newId(at))));
  assertDistinct(targets);
  assertConditionsApart(targets);
  return targets;
}

async function settleTarget(entry: Entry, index: ResourceIndex, newId: () => string): Promise<Target> {
  const { request, type, place } = entry;
  if (request.method === 'POST') {
    if (request.ifNoneExist === undefined) return { entry, id: newId(), current: undefined, isFound: false };
    const found = await findOne(index, type, { query: request.ifNoneExist, place: `${place}.request.ifNoneExist` });
    return { entry, id: found?.id ?? newId(), current: found, isFound: found !== undefined };
  }
  const isConditional = 'condition' in request;
  const current = isConditional
    ? await findOne(index, type, { query: request.condition, place: `${place}.request.url` })
    : await index.find(type, request.id);
  if (current?.isDeleted === true)
    throw new FhirError('BUNDLE_RESOURCE_DELETED', place, 'was deleted here and stays so: create it under another id.');
  assertMatch(request.ifMatch, current, `${place}.request.ifMatch`);
  return { entry, id: isConditional ? idOfConditional(entry, current, newId) : request.id, current, isFound: false };
}

function idOfConditional({ resource, place }: Entry, current: IndexedResource | undefined, newId: () => string): string {
  const { id } = resource;
  if (current !== undefined && id !== undefined && id !== current.id) {
    throw new FhirError('BUNDLE_INVALID', `${place}.resource.id`, 'must be absent, or the id of the resource that the condition finds.');
  }
  return current?.id ?? (typeof id === 'string' ? id : newId());
}

type Query = { readonly query: string; readonly place: string };

async function findOne(index: ResourceIndex, type: string, { query, place }: Query): Promise<IndexedResource | undefined> {
  const found = await findHeld(index, type, parseCondition(query, place));
  if (found.length > 1) throw new FhirError('BUNDLE_CONDITION_AMBIGUOUS', place, 'finds several resources; it must find one or none.');
  return found[0];
}

/** FHIR R4 http.html#concurrency: the version named must be the current one. */
function assertMatch(ifMatch: string | undefined, current: IndexedResource | undefined, place: string): void {
  if (ifMatch === undefined || ifMatch === `W/"${String(current?.version ?? 0)}"`) return;
  throw new FhirError('BUNDLE_VERSION_OUTDATED', place, 'does not name the version that is held here now, in the form W/"3".');
}

/** A resource may occur in a transaction once, by its identity. */
function assertDistinct(targets: readonly Target[]): void {
  const seen = new Map<string, string>();
  for (const { entry, id } of targets) {
    const key = `${entry.type}/${id}`;
    const other = seen.get(key);
    if (other !== undefined) throw new FhirError('BUNDLE_DUPLICATE', entry.place, `is the same resource as ${other}.`);
    seen.set(key, entry.place);
  }
}

/** Two conditional creates that find nothing yet and would create the same thing twice. */
function assertConditionsApart(targets: readonly Target[]): void {
  const created = targets.filter(({ current }) => current === undefined);
  for (const { entry } of created) {
    const condition = conditionOf(entry);
    if (condition === undefined) continue;
    const other = created.find((rival) => {
      return (
        rival.entry !== entry &&
        rival.entry.type === entry.type &&
        isFulfilled(condition, rival.id, identifierTokensOf(rival.entry.resource))
      );
    });
    if (other !== undefined) throw new FhirError('BUNDLE_DUPLICATE', entry.place, `is the same resource as ${other.entry.place}.`);
  }
}

function conditionOf({ request, place }: Entry): Condition | undefined {
  if (request.method === 'POST') return request.ifNoneExist === undefined ? undefined : parseCondition(request.ifNoneExist, place);
  return 'condition' in request ? parseCondition(request.condition, place) : undefined;
}
