import { DomainError, type AccessReason, type Instant, type MspId, type RelationRef, type RequestId } from '../model';

export class RequestNotFound extends DomainError {
  constructor(relationRef: RelationRef, requestId: RequestId) {
    super('REQUEST_NOT_FOUND', 'this relation has no such request', { relationRef, requestId });
  }
}

export class RequestAlreadyMade extends DomainError {
  constructor(relationRef: RelationRef, requestId: RequestId) {
    super('REQUEST_ALREADY_MADE', 'this request id belongs to another request', { relationRef, requestId });
  }
}

export class RequestAlreadyDecided extends DomainError {
  constructor(relationRef: RelationRef, requestId: RequestId, outcome: string) {
    super('REQUEST_ALREADY_DECIDED', 'a request is decided once', { relationRef, requestId, outcome });
  }
}

export class RequestNotOfParty extends DomainError {
  constructor(relationRef: RelationRef, requestId: RequestId) {
    super('REQUEST_NOT_OF_PARTY', "the asking member is not this relation's counterparty", { relationRef, requestId });
  }
}

/** `at` is the record's place in the list: the reason must not name a record. */
export class ReleaseNotPermitted extends DomainError {
  constructor(reason: AccessReason, at: number) {
    super('RELEASE_NOT_PERMITTED', 'the consent does not permit this release', { reason, at });
  }
}

export class DecisionNotFound extends DomainError {
  constructor(relationRef: RelationRef, requestId: RequestId) {
    super('DECISION_NOT_FOUND', 'this request is not decided', { relationRef, requestId });
  }
}

export class DecisionNotReleased extends DomainError {
  constructor(relationRef: RelationRef, requestId: RequestId) {
    super('DECISION_NOT_RELEASED', 'this request was refused', { relationRef, requestId });
  }
}

export class DecisionExpired extends DomainError {
  constructor(relationRef: RelationRef, requestId: RequestId, deadline: Instant) {
    super('DECISION_EXPIRED', 'the deadline of this decision has passed: the counterparty asks again', {
      relationRef,
      requestId,
      deadline,
    });
  }
}

export class DeliveryNotFound extends DomainError {
  constructor(relationRef: RelationRef, requestId: RequestId, part: number) {
    super('DELIVERY_NOT_FOUND', 'this part is not delivered', { relationRef, requestId, part });
  }
}

export class DeliveryAlreadyMade extends DomainError {
  constructor(relationRef: RelationRef, requestId: RequestId, part: number) {
    super('DELIVERY_ALREADY_MADE', 'a part is delivered once', { relationRef, requestId, part });
  }
}

export class CallerNotRequester extends DomainError {
  constructor(requester: MspId) {
    super('CALLER_NOT_REQUESTER', 'only the member that asked may do this', { requester });
  }
}
