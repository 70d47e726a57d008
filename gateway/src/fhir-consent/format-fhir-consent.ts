import { formatCanonical, type ConsentSet, type Instant, type MspId, type Period, type SubjectRef } from '@medaccord/chaincode/model';
import { inexpressible } from './fhir-consent-error';
import type { FhirDelegate, FhirWish, ReadConsent } from './fhir-context';
import { EARLIEST, LATEST } from './fhir-period';
import { implicitPolicies, implicitPolicyNames, policyUri, type ImplicitPolicy } from './implicit-policies';
import type { Json, JsonObject } from './json';
import { mergeSets, type SharedSet } from './merge-sets';
import { writeReference } from './reference';
import { CONSENT_RULE, CONSENT_SCOPE, delegationSystem, LOINC, MEMBER, PATIENT } from './systems';
import { withoutExclusions } from './without-exclusions';
import { ActorWriter } from './write-actors';
import { writeProvision } from './write-provision';

/** What a patient signed at one custodian, to be told as FHIR. */
export interface WrittenConsent {
  readonly subjectRef: SubjectRef;
  readonly custodian: MspId;
  readonly status: ReadConsent['status'];
  /** When she signed, the latest of several. */
  readonly dateTime?: Instant;
  /** The headers that she signed, JWS: the source of the Consent. */
  readonly evidence?: readonly string[];
  /** Who signed for her, in the one relation that there is a wish for. */
  readonly by?: FhirDelegate;
  readonly wishes: readonly FhirWish[];
}

/**
 * Writes consent documents of one patient at one custodian as a FHIR R4 Consent, for all relations together; as a Bundle of them where there
 * are several sets, or sets that differ in base or period. `parseFhirConsent` gives the same documents back, but for exclusions: these come
 * back as denials that decide the same.
 * @throws {FhirConsentError} FHIR_CONSENT_NOT_EXPRESSIBLE naming what FHIR R4 cannot say
 */
export function formatFhirConsent(consent: WrittenConsent): JsonObject {
  if (consent.by !== undefined && consent.wishes.length !== 1) throw inexpressible('wishes', 'must be one where a delegate signed.');
  const relations = consent.wishes.map((wish, at) => [wish.counterparty, boundSets(wish, `wishes[${String(at)}]`)] as const);
  const shared = mergeSets(relations);
  const consents = shared.map((set, at) => writeConsent(consent, set, shared.length === 1 ? 'sets[0]' : `sets[${String(at)}]`));
  const [only, ...more] = consents;
  if (only === undefined) throw inexpressible('wishes', 'has no set.');
  return more.length === 0 ? only : { resourceType: 'Bundle', type: 'collection', entry: consents.map((resource) => ({ resource })) };
}

function boundSets({ sets, validity }: FhirWish, place: string): readonly ConsentSet[] {
  return sets.map((set, at) => {
    const inside = `${place}.sets[${String(at)}]`;
    const { period: own, ...said } = withoutExclusions(set, inside);
    const period = intersect(own, validity ?? undefined);
    if (period?.from === EARLIEST && period.until === LATEST) return said;
    if (period !== undefined && period.from >= period.until) throw inexpressible(`${inside}.period`, 'lies outside the validity.');
    return period === undefined ? said : { ...said, period };
  });
}

function intersect(one: Period | undefined, other: Period | undefined): Period | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return { from: one.from > other.from ? one.from : other.from, until: one.until < other.until ? one.until : other.until };
}

function writeConsent(consent: WrittenConsent, set: SharedSet, place: string): JsonObject {
  const { subjectRef, custodian, status, dateTime, evidence = [], by } = consent;
  const patient = writeReference('Patient', { system: PATIENT, value: subjectRef });
  const actors = new ActorWriter();
  const policy = findPolicyOf(set);
  const isDissent = policy === 'break-glass-only' || policy === 'deny';
  const provision = writeProvision(set, { actors, place, isDissent });
  return {
    resourceType: 'Consent',
    ...(actors.contained.length > 0 && { contained: actors.contained }),
    status: status === 'in-force' ? 'active' : 'inactive',
    scope: { coding: [{ system: CONSENT_SCOPE, code: 'patient-privacy' }] },
    category: [{ coding: [{ system: LOINC, code: '59284-0' }] }],
    patient,
    ...(dateTime !== undefined && { dateTime }),
    performer: [by === undefined ? patient : writeDelegate(by)],
    organization: [writeReference('Organization', { system: MEMBER, value: custodian })],
    ...(evidence.length > 0 && { sourceAttachment: writeEvidence(evidence) }),
    policy: [{ uri: policy === undefined ? CONSENT_RULE : policyUri(policy) }],
    provision,
  };
}

function writeDelegate({ relationRef, delegation }: FhirDelegate): Json {
  return writeReference('RelatedPerson', { system: delegationSystem(relationRef), value: String(delegation) });
}

function writeEvidence(evidence: readonly string[]): Json {
  return { contentType: 'application/json', data: btoa(JSON.stringify(evidence)), title: 'Signed consents' };
}

/** The implicit policy that the set is, for all its relations. */
function findPolicyOf({ base, mspIds, exceptions }: SharedSet): ImplicitPolicy | undefined {
  if (exceptions.some((one) => one.mspIds.length < mspIds.length)) return undefined;
  const said = formatCanonical({ base, exceptions: exceptions.map(({ exception }) => exception) });
  return implicitPolicyNames.find((name) => formatCanonical(implicitPolicies[name]) === said);
}
