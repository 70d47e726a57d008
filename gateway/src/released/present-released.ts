import { compartmentElementsOf, isObject, type JsonObject, type JsonValue } from '../fhir';
import { presentResource, subsetted } from '../fhir-rest';
import type { VisibleVersion } from './visible-records';

/** Whether the reader sees the resource of this name, too. */
export type IsSeen = (reference: string) => boolean;

/** A reference to a resource of a FHIR service, relative or not. */
const restful = /(?:^|\/)([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[A-Za-z0-9.-]{1,64})?(?:#.*)?$/;
const redacted = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'REDACTED' };
const obligationSystem = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
/** Stands for a reference to what the reader does not see (FHIR R4 extension-data-absent-reason.html). */
const masked: JsonObject = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' }],
};

/**
 * A resource as its reader gets it: with the obligations in `meta.security`, and without references to the patient's records that this reader
 * does not see, which would tell of them. What was left out is marked REDACTED and SUBSETTED (FHIR R4 security-labels.html).
 */
export function presentReleased(version: VisibleVersion, isSeen: IsSeen): JsonObject {
  const found = { isRedacted: false };
  const whole = presentResource(version.resource, version.version, version.anchoredAt);
  const resource = redact(whole, isSeen, found) as JsonObject;
  const obliged = version.obligations.map((code) => ({ system: obligationSystem, code }));
  const { meta } = resource;
  return {
    ...resource,
    meta: withLabels(
      isObject(meta) ? meta : {},
      [...obliged, ...(found.isRedacted ? [redacted] : [])],
      found.isRedacted ? [subsetted] : [],
    ),
  };
}

function withLabels(meta: JsonObject, security: readonly JsonObject[], tag: readonly JsonObject[]): JsonObject {
  return { ...meta, ...append('security', meta['security'], security), ...append('tag', meta['tag'], tag) };
}

function append(name: string, present: JsonValue | undefined, codings: readonly JsonObject[]): JsonObject {
  const known = Array.isArray(present) ? present : [];
  const isKnown = ({ system, code }: JsonObject): boolean =>
    known.some((one) => isObject(one) && one['system'] === system && one['code'] === code);
  const added = codings.filter((coding) => !isKnown(coding));
  return added.length === 0 ? {} : { [name]: [...known, ...added] };
}

function redact(value: JsonValue, isSeen: IsSeen, found: { isRedacted: boolean }): JsonValue {
  if (Array.isArray(value)) return value.map((item) => redact(item, isSeen, found));
  if (!isObject(value)) return value;
  if (isHidden(value['reference'], isSeen)) {
    found.isRedacted = true;
    return masked;
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, redact(item, isSeen, found)]));
}

/** Whose relation it is, is known; what is outside the Patient compartment is nobody's record. */
function isHidden(reference: JsonValue | undefined, isSeen: IsSeen): boolean {
  const [, type = '', id = ''] = typeof reference === 'string' ? (restful.exec(reference) ?? []) : [];
  if (type === 'Patient' || compartmentElementsOf(type).length === 0) return false;
  return !isSeen(`${type}/${id}`);
}
