/** Code systems of FHIR R4 and HL7 terminology. */
export const LOINC = 'http://loinc.org';
export const CONSENT_SCOPE = 'http://terminology.hl7.org/CodeSystem/consentscope';
export const PARTICIPATION = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';
export const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
export const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
export const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
/** HL7's example codes of PractitionerRole.code, as far as roles of staff go by one. */
export const PRACTITIONER_ROLE = 'http://terminology.hl7.org/CodeSystem/practitioner-role';
export const practitionerRoles: Readonly<Record<string, string>> = { doctor: 'physician', nurse: 'nurse', researcher: 'researcher' };
export const RESOURCE_TYPES = 'http://hl7.org/fhir/resource-types';

/** Names of our own, as systems of identifiers and codes. */
export const CATEGORY = 'urn:medaccord:category';
export const MEMBER = 'urn:medaccord:member';
export const PATIENT = 'urn:medaccord:patient';
export const RECORD = 'urn:medaccord:record';
/** The policy of a Consent that stands for itself: what it does not permit is denied, by docs/reference/consent-rule.md. */
export const CONSENT_RULE = 'urn:medaccord:policy:consent-rule';

/** Who acts for the patient in one relation goes by the number of the delegation there. */
export function delegationSystem(relationRef: string): string {
  return `urn:medaccord:delegation:${relationRef}`;
}

/** Names inside an organisation are its own: one system for each kind and organisation. */
export const localKinds = ['department', 'role', 'care-team', 'person'] as const;
export type LocalKind = (typeof localKinds)[number];

export function localSystem(kind: LocalKind, mspId: string): string {
  return `urn:medaccord:${kind}:${mspId}`;
}

/** The kind of a local name and whose it is; undefined for other systems. */
export function parseLocalSystem(system: string): { readonly kind: LocalKind; readonly mspId: string } | undefined {
  const [, name, mspId] = /^urn:medaccord:([a-z-]+):([A-Za-z0-9][A-Za-z0-9.-]{0,63})$/.exec(system) ?? [];
  const kind = localKinds.find((one) => one === name);
  return kind === undefined || mspId === undefined ? undefined : { kind, mspId };
}
