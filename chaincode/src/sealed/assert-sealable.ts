import { newError, RequestInvalid, type AccessRequest, type Caller, type MspId, type PatientEntry, type RelationEntry } from '../model';

// Who may store which sealed value at whom. What is inside nobody can check here; that its public entry exists, and who sends it, is.

/** The identity details of a patient: her custodian's gateway, at itself; it may correct them. @throws CALLER_NOT_CUSTODIAN */
export function assertIdentitySealable(patient: PatientEntry, organisation: MspId, caller: Caller): void {
  if (caller.role !== 'gateway' || caller.mspId !== patient.custodian || organisation !== patient.custodian)
    throw newError('CALLER_NOT_CUSTODIAN', { custodian: patient.custodian });
}

/** A binding or consent document: any member on the patient's behalf, at custodian and counterparty. @throws RequestInvalid */
export function assertPartySealable(relation: RelationEntry, organisation: MspId): void {
  if (organisation !== relation.custodian && organisation !== relation.counterparty) {
    throw new RequestInvalid('request.organisation', 'custodian or counterparty of the relation');
  }
}

/** What a request asks for: the member that asked, at the custodian; what it declares of an emergency also at itself. @throws CALLER_NOT_REQUESTER, RequestInvalid */
export function assertAskSealable(request: AccessRequest, relation: RelationEntry, organisation: MspId, caller: Caller): void {
  if (request.by.mspId !== caller.mspId) throw newError('CALLER_NOT_REQUESTER', { requester: request.by.mspId });
  const isOwnDeclaration = request.breakGlass !== undefined && organisation === caller.mspId;
  if (organisation !== relation.custodian && !isOwnDeclaration)
    throw new RequestInvalid('request.organisation', 'the custodian of the relation');
}
