import type { JsonObject } from '../fhir';

/** Code systems of AuditEvents: FHIR R4 valueset-audit-event-*.html, DICOM, and IHE BALP. */
export const systems = {
  type: 'http://terminology.hl7.org/CodeSystem/audit-event-type',
  interaction: 'http://hl7.org/fhir/restful-interaction',
  dicom: 'http://dicom.nema.org/resources/ontology/DCM',
  lifecycle: 'http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle',
  authorisation: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType',
  own: 'urn:medaccord:audit-event',
  participation: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType',
  purpose: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
  source: 'http://terminology.hl7.org/CodeSystem/security-source-type',
  entity: 'http://terminology.hl7.org/CodeSystem/audit-entity-type',
  entityRole: 'http://terminology.hl7.org/CodeSystem/object-role',
  balpEntity: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType',
  resource: 'http://hl7.org/fhir/resource-types',
  organisationType: 'http://terminology.hl7.org/CodeSystem/v3-RoleClass',
  authServer: 'http://terminology.hl7.org/CodeSystem/extra-security-role-type',
  role: 'urn:medaccord:role',
  member: 'urn:medaccord:member',
  patient: 'urn:medaccord:patient',
  relation: 'urn:medaccord:relation',
  person: 'urn:medaccord:person',
  record: 'urn:medaccord:record',
} as const;

export function coding(system: string, code: string): JsonObject {
  return { system, code };
}

export function concept(system: string, code: string): JsonObject {
  return { coding: [coding(system, code)] };
}
