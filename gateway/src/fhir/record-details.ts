import {
  categoryOf,
  isAccepted,
  MAX_AUTHORS,
  MAX_CODINGS,
  parseCoding,
  parseFhirDate,
  parseLabel,
  parseRecordDetails,
  parseReference,
  type Coding,
  type RecordDetails,
} from '@medaccord/chaincode/model';
import { isObject, type JsonObject, type JsonValue } from './json-value';
import { categoryOfSensitivity } from './sensitivity';

const LABEL_SYSTEM = /\/(?:v3-)?(?:Confidentiality|ActCode)$/;

// Most telling first; the elements of R4's clinical types that say when.
const DATES = (
  'effective performed occurrence onset period authoredOn date started recordedDate dateAsserted issued created whenHandedOver billablePeriod ' +
  'servicedPeriod sent recorded'
).split(' ');

/**
 * What a release is decided on besides the consent: type, category, clinical codes, security labels (meta.security, of HL7 v3 Confidentiality
 * and ActCode), when what the resource tells of began and ended, who wrote it and in which encounter. A sensitivity label puts a record into
 * that sensitive category.
 */
export function newRecordDetails(type: string, resource: JsonObject): RecordDetails {
  const security = codingsOf(metaOf(resource)['security']);
  const sensitive = security.map(({ code }) => categoryOfSensitivity(code)).find((category) => category);
  const codes = Array.isArray(resource['category']) ? resource['category'].flatMap((concept) => codesOf(concept)) : [];
  const details = {
    type,
    category: sensitive ?? categoryOf(type, codes),
    codes: clinicalCodingsOf(resource),
    labels: [...new Set(security.filter(isLabel).map(({ code }) => code))].sort(),
    dates: datesOf(resource),
    authors: authorsOf(resource),
    encounter: referenceOf(resource['encounter']) ?? referenceOf(contextOf(resource)) ?? null,
  };
  return parseRecordDetails(details, 'details');
}

function isLabel({ system, code }: Coding): boolean {
  return LABEL_SYSTEM.test(system) && isAccepted(parseLabel, code);
}

function metaOf(resource: JsonObject): JsonObject {
  return isObject(resource['meta']) ? resource['meta'] : {};
}

function codesOf(concept: JsonValue): string[] {
  return isObject(concept) ? codingsOf(concept['coding']).map(({ code }) => code) : [];
}

function codingsOf(codings: JsonValue | undefined): Coding[] {
  if (!Array.isArray(codings)) return [];
  return codings.filter(isObject).flatMap(({ system, code }) => {
    return typeof code === 'string' ? [{ system: typeof system === 'string' ? system : '', code }] : [];
  });
}

// The elements of R4's clinical types that say what, and who.
const CODES = ['code', 'medicationCodeableConcept', 'vaccineCode', 'type', 'reasonCode', 'bodySite', 'modality', 'serviceType'];
const AUTHORS = ['performer', 'author', 'recorder', 'asserter', 'requester', 'informationSource', 'participant', 'provider'];

/** The first ones count; which do not fit the model's bounds are left out. */
function clinicalCodingsOf(resource: JsonObject): readonly Coding[] {
  const concepts = CODES.flatMap((name) => listOf(resource[name])).filter(isObject);
  const codings = concepts.flatMap(({ coding }) => codingsOf(coding)).filter((coding) => isAccepted(parseCoding, coding));
  return [...new Map(codings.map((coding) => [`${coding.system} ${coding.code}`, coding])).values()].slice(0, MAX_CODINGS);
}

/** References to whoever made the record; of performers and participants that are parts, the actor or individual of it. */
function authorsOf(resource: JsonObject): readonly string[] {
  const people = AUTHORS.flatMap((name) => listOf(resource[name])).filter(isObject);
  const references = people.map((one) => referenceOf(one) ?? referenceOf(one['actor']) ?? referenceOf(one['individual']));
  return [...new Set(references.filter((reference) => reference !== undefined))].slice(0, MAX_AUTHORS);
}

function referenceOf(value: JsonValue | undefined): string | undefined {
  const reference = isObject(value) ? value['reference'] : undefined;
  return isAccepted(parseReference, reference) ? reference : undefined;
}

/** DocumentReference names its encounters in a part of its own. */
function contextOf(resource: JsonObject): JsonValue | undefined {
  const context = resource['context'];
  return isObject(context) ? listOf(context['encounter'])[0] : undefined;
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

type Dates = RecordDetails['dates'];

function datesOf(resource: JsonObject): Dates {
  for (const name of DATES) {
    const at = dateOf(resource[`${name}DateTime`] ?? resource[name]);
    if (at !== null) return { from: at, until: at };
    const period = resource[`${name}Period`] ?? resource[name];
    if (isObject(period)) return { from: dateOf(period['start']), until: dateOf(period['end']) };
  }
  return { from: null, until: null };
}

function dateOf(value: JsonValue | undefined): string | null {
  return isAccepted(parseFhirDate, value) ? value : null;
}
