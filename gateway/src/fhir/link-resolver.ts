import { findHeld, type Target } from './target';
import { isFulfilled, parseCondition, type Condition } from './condition';
import { FhirError } from './fhir-error';
import { identifierTokensOf } from './identifier-token';
import { rewriteLinks, type Link } from './reference-walk';
import type { ResourceIndex } from './resource-index';
import { isResourceType } from './resource-type';

/** Gives what a link of an entry becomes; undefined leaves it as it is. */
export type LinkResolver = (target: Target, link: Link) => string | undefined;

const RELATIVE = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})(\/_history\/[A-Za-z0-9.-]{1,64})?(#.*)?$/;
const RESTFUL_TAIL = /\/([A-Z][A-Za-z]+)\/[A-Za-z0-9.-]{1,64}$/;
const VERSION = /\/_history\/[A-Za-z0-9.-]{1,64}$/;
const PLACEHOLDER = /^urn:(?:uuid|oid):/;
const CONDITIONAL = /^([A-Z][A-Za-z]+)\?(.+)$/;

/**
 * Prepares the rewriting of a bundle's links (FHIR R4 http.html#trules, bundle.html#references): full URLs of entries, relative references
 * next to RESTful full URLs, references that are searches. What belongs to no entry stays as it is.
 * @throws {FhirError} BUNDLE_REFERENCE_UNRESOLVED, BUNDLE_CONDITION_AMBIGUOUS and parseCondition's
 */
export async function newLinkResolver(targets: readonly Target[], index: ResourceIndex): Promise<LinkResolver> {
  const byFullUrl = new Map<string, Target>();
  for (const target of targets) if (target.entry.fullUrl !== undefined) byFullUrl.set(target.entry.fullUrl, target);
  const byOwnId = await findReassigned(targets, index);
  const searches = await answerSearches(targets, index);

  return (target, { kind, value, place }) => {
    const search = kind === 'reference' ? searches.get(value) : undefined;
    if (search !== undefined) return search;
    const { url, version, fragment } = splitLink(value);
    const found = byFullUrl.get(url) ?? findRelative(target, url);
    if (found !== undefined) return formatReference(found) + (version ? `/_history/${String(versionOf(found))}` : '') + fragment;
    if (kind === 'reference' && PLACEHOLDER.test(value)) {
      throw new FhirError('BUNDLE_REFERENCE_UNRESOLVED', place, 'refers to a full URL that no entry of the bundle has.');
    }
    return undefined;
  };

  function findRelative({ entry }: Target, url: string): Target | undefined {
    const root = RESTFUL_TAIL.test(entry.fullUrl ?? '') ? entry.fullUrl?.replace(RESTFUL_TAIL, '') : undefined;
    return (root === undefined ? undefined : byFullUrl.get(`${root}/${url}`)) ?? byOwnId.get(url);
  }
}

/** The reference to a target here. */
export function formatReference({ entry, id }: Target): string {
  return `${entry.type}/${id}`;
}

/** The version that a target has after the import, if its content is new. */
function versionOf({ current, isFound }: Target): number {
  return (current?.version ?? 0) + (isFound ? 0 : 1);
}

type SplitLink = { readonly url: string; readonly version: boolean; readonly fragment: string };

function splitLink(value: string): SplitLink {
  const hash = value.indexOf('#');
  const whole = hash < 0 ? value : value.slice(0, hash);
  const url = whole.replace(VERSION, '');
  return { url, version: url !== whole, fragment: hash < 0 ? '' : value.slice(hash) };
}

/**
 * Many senders POST a resource with an id and refer to it as Type/id. That names the resource here with that id; where there is none, the
 * entry is meant.
 */
async function findReassigned(targets: readonly Target[], index: ResourceIndex): Promise<ReadonlyMap<string, Target>> {
  const reassigned = new Map<string, Target>();
  for (const target of targets) {
    const { id } = target.entry.resource;
    const reference = typeof id === 'string' ? `${target.entry.type}/${id}` : undefined;
    if (reference === undefined || id === target.id || reassigned.has(reference)) continue;
    if ((await index.find(target.entry.type, id as string)) === undefined) reassigned.set(reference, target);
  }
  return reassigned;
}

async function answerSearches(targets: readonly Target[], index: ResourceIndex): Promise<ReadonlyMap<string, string>> {
  const places = new Map<string, string>();
  for (const { entry, isFound } of targets) {
    if (isFound) continue;
    rewriteLinks(entry.resource, `${entry.place}.resource`, ({ kind, value, place }) => {
      if (kind === 'reference' && CONDITIONAL.test(value) && !places.has(value)) places.set(value, place);
      return undefined;
    });
  }
  const answers = await Promise.all(
    [...places].map(async ([search, place]) => [search, await answerSearch({ search, place }, targets, index)] as const),
  );
  return new Map(answers);
}

type Search = { readonly search: string; readonly place: string };

async function answerSearch({ search, place }: Search, targets: readonly Target[], index: ResourceIndex): Promise<string> {
  const [, type = '', query = ''] = CONDITIONAL.exec(search) ?? [];
  if (!isResourceType(type)) throw new FhirError('BUNDLE_INVALID', place, 'must search for a resource type of FHIR R4.');
  const condition = parseCondition(query, place);
  const held = (await findHeld(index, type, condition)).map(({ id }) => `${type}/${id}`);
  const here = targets.filter(({ entry }) => entry.type === type);
  // What the bundle replaces counts as the bundle has it, not as it was.
  const replaced = new Set(here.filter(({ isFound }) => !isFound).map(formatReference));
  const found = new Set([
    ...held.filter((reference) => !replaced.has(reference)),
    ...here.filter((target) => isMatch(target, condition)).map(formatReference),
  ]);
  if (found.size === 0) throw new FhirError('BUNDLE_REFERENCE_UNRESOLVED', place, 'is a search that finds nothing.');
  if (found.size > 1) throw new FhirError('BUNDLE_CONDITION_AMBIGUOUS', place, 'is a search that finds several resources.');
  return [...found][0] ?? '';
}

function isMatch({ entry, id, isFound }: Target, condition: Condition): boolean {
  return !isFound && isFulfilled(condition, id, identifierTokensOf(entry.resource));
}

/** The type and id of a relative reference, without version and fragment. */
export function parseReference(reference: string): { readonly type: string; readonly id: string } | undefined {
  const [, type, id] = RELATIVE.exec(reference) ?? [];
  return type === undefined || id === undefined ? undefined : { type, id };
}
