import { DomainError, type MspId } from '../model';

export class OrganisationNotFound extends DomainError {
  constructor(mspId: MspId) {
    super('ORGANISATION_NOT_FOUND', 'this organisation has not registered its keys: its gateway does so when it starts', { mspId });
  }
}

export class OrganisationNotActive extends DomainError {
  constructor(mspId: MspId) {
    super('ORGANISATION_NOT_ACTIVE', 'this organisation is suspended or has withdrawn', { mspId });
  }
}

export class CallerNotCustodian extends DomainError {
  constructor(custodian: MspId) {
    super('CALLER_NOT_CUSTODIAN', 'only the custodian may do this', { custodian });
  }
}
