import { DomainError, type SubjectRef } from '../model';

export class PatientNotFound extends DomainError {
  constructor(subjectRef: SubjectRef) {
    super('PATIENT_NOT_FOUND', 'no patient is registered under this reference', { subjectRef });
  }
}

export class PatientAlreadyRegistered extends DomainError {
  constructor(subjectRef: SubjectRef) {
    super('PATIENT_ALREADY_REGISTERED', 'this reference belongs to another registration: make a new one', { subjectRef });
  }
}

export class PatientKeysOutdated extends DomainError {
  constructor(subjectRef: SubjectRef) {
    super('PATIENT_KEYS_OUTDATED', 'this replacement does not start from the current keys', { subjectRef });
  }
}

export class PatientHistoryBroken extends DomainError {
  constructor(subjectRef: SubjectRef) {
    super('PATIENT_HISTORY_BROKEN', 'no signed registration leads to the keys of this patient', { subjectRef });
  }
}
