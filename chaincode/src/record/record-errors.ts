import { DomainError, type GroupId, type RecordId } from '../model';

export class GroupNotFound extends DomainError {
  constructor(groupId: GroupId) {
    super('GROUP_NOT_FOUND', 'this group is neither closed nor abandoned', { groupId });
  }
}

export class GroupNotOpen extends DomainError {
  constructor(groupId: GroupId, status: string) {
    super('GROUP_NOT_OPEN', `this group is ${status} for good`, { groupId, status });
  }
}

export class GroupNotClosed extends DomainError {
  constructor(groupId: GroupId) {
    super('GROUP_NOT_CLOSED', 'the records of this group do not count: it is not closed', { groupId });
  }
}

export class GroupNotAbandoned extends DomainError {
  constructor(groupId: GroupId) {
    super('GROUP_NOT_ABANDONED', 'parts are deleted only of groups that are abandoned', { groupId });
  }
}

export class GroupSizeWrong extends DomainError {
  constructor(groupId: GroupId, size: number, records: number) {
    super('GROUP_SIZE_WRONG', 'a list that closes its group is the whole group; a longer group is closed with CloseGroup', {
      groupId,
      size,
      records,
    });
  }
}

export class RecordNotFound extends DomainError {
  constructor(recordId: RecordId, version: number) {
    super('RECORD_NOT_FOUND', 'no such version of this record is anchored', { recordId, version });
  }
}

export class RecordNotStored extends DomainError {
  constructor(recordId: RecordId, version: number, part: string) {
    super('RECORD_NOT_STORED', 'the custodian has not stored this part, or stored another one: StoreRecords comes first', {
      recordId,
      version,
      part,
    });
  }
}

export class RecordAlreadyAnchored extends DomainError {
  constructor(recordId: RecordId, version: number) {
    super('RECORD_ALREADY_ANCHORED', 'this version is anchored with other content and cannot be changed: anchor the next one', {
      recordId,
      version,
    });
  }
}

export class RecordRepeated extends DomainError {
  constructor(place: string) {
    super('REQUEST_INVALID', `${place} must be a list without repetitions`, { place, expected: 'a list without repetitions' });
  }
}

export class RecordWithdrawn extends DomainError {
  constructor(at: number) {
    super('RECORD_WITHDRAWN', 'this record was entered in error', { at });
  }
}

export class RecordNotOfSubject extends DomainError {
  constructor(at: number) {
    super('RECORD_NOT_OF_SUBJECT', 'this record is not one of this patient at this custodian', { at });
  }
}
