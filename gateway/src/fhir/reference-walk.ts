import { placeIn } from './fhir-error';
import { isObject, type JsonObject, type JsonValue } from './json-value';

/** A link found in a resource: a Reference, an element of type uri, url, oid or uuid, or an href or src in a narrative. */
export type Link = { readonly kind: 'reference' | 'uri' | 'narrative'; readonly value: string; readonly place: string };

/** Gives the text to put in place of a link; undefined leaves it as it is. */
export type RewriteLink = (link: Link) => string | undefined;

// Elements of R4 that are uri, url, oid or uuid somewhere and hold text nowhere else that could be mistaken for a link of the bundle.
// Elements of type canonical are not links that a transaction rewrites.
const URI_NAMES = new Set(
  (
    'url uri system source implicitRules contentReference project policy address endpoint link protocol authority issuer jurisdiction ' +
    'onlineInformation rendering relativePath location property target'
  ).split(' '),
);
const REFERENCE_NAMES = new Set('id extension reference _reference type _type identifier display _display'.split(' '));
const URI_CHOICE = /(?:Uri|Url|Oid|Uuid)$/;
const ATTRIBUTE = /(\b(?:href|src)\s*=\s*)("[^"]*"|'[^']*')/gi;

/**
 * Rewrites the links of a resource as a FHIR R4 transaction does (https://hl7.org/fhir/R4/http.html#trules). Bundles inside a resource
 * keep their own links: they are documents of their own. The resource itself is not changed.
 */
export function rewriteLinks(resource: JsonObject, place: string, rewrite: RewriteLink): JsonObject {
  return walkObject(resource, place, rewrite);
}

function walkObject(object: JsonObject, place: string, rewrite: RewriteLink): JsonObject {
  if (object['resourceType'] === 'Bundle') return object;
  const result: JsonObject = {};
  for (const [name, value] of Object.entries(object))
    result[name] = walkValue(value, { name, place: placeIn(place, name), object }, rewrite);
  return result;
}

type Position = { readonly name: string; readonly place: string; readonly object: JsonObject };

function walkValue(value: JsonValue, position: Position, rewrite: RewriteLink): JsonValue {
  const { place } = position;
  if (typeof value === 'string') return walkText(value, position, rewrite);
  if (Array.isArray(value)) return value.map((item, at) => walkValue(item, { ...position, place: placeIn(place, at) }, rewrite));
  return isObject(value) ? walkObject(value, place, rewrite) : value;
}

function walkText(value: string, { name, place, object }: Position, rewrite: RewriteLink): string {
  // Expression, DetectedIssue and Immunization.education call a uri so, too.
  if (name === 'reference') return rewrite({ kind: isReference(object) ? 'reference' : 'uri', value, place }) ?? value;
  if (name === 'div') return rewriteNarrative(value, place, rewrite);
  if (URI_NAMES.has(name) || URI_CHOICE.test(name)) return rewrite({ kind: 'uri', value, place }) ?? value;
  return value;
}

function isReference(object: JsonObject): boolean {
  return Object.keys(object).every((name) => REFERENCE_NAMES.has(name));
}

function rewriteNarrative(xhtml: string, place: string, rewrite: RewriteLink): string {
  return xhtml.replace(ATTRIBUTE, (whole, before: string, quoted: string) => {
    const rewritten = rewrite({ kind: 'narrative', value: quoted.slice(1, -1).replaceAll('&amp;', '&'), place });
    return rewritten === undefined ? whole : `${before}"${rewritten}"`;
  });
}
