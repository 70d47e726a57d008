import { DomainError, type Instant, type RelationRef } from '../model';

export class ConsentNotFound extends DomainError {
  constructor(relationRef: RelationRef, version: number) {
    super('CONSENT_NOT_FOUND', 'this relation has no such version of its consent', { relationRef, version });
  }
}

export class ConsentVersionTaken extends DomainError {
  constructor(relationRef: RelationRef, version: number) {
    super('CONSENT_VERSION_TAKEN', 'this version stands already and cannot be changed: sign the next one', { relationRef, version });
  }
}

export class ConsentVersionSkipped extends DomainError {
  constructor(relationRef: RelationRef, version: number) {
    super('CONSENT_VERSION_SKIPPED', 'the version before this one is missing', { relationRef, version });
  }
}

export class ConsentNotCurrent extends DomainError {
  constructor(relationRef: RelationRef, version: number) {
    super('CONSENT_NOT_CURRENT', 'a later version of this consent stands', { relationRef, version });
  }
}

export class ConsentInvalid extends DomainError {
  constructor(relationRef: RelationRef, problem: string) {
    super('CONSENT_INVALID', `this consent ${problem}`, { relationRef });
  }
}

export class ConsentSubmittedLate extends DomainError {
  constructor(relationRef: RelationRef, submitBy: Instant) {
    super('CONSENT_SUBMITTED_LATE', 'this consent had to be submitted earlier: sign it anew', { relationRef, submitBy });
  }
}

export class RelationClosed extends DomainError {
  constructor(relationRef: RelationRef) {
    super('RELATION_CLOSED', 'this relation is closed for good: the wallet opens another', { relationRef });
  }
}
