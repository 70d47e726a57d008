import { DomainError, type RelationRef } from '../model';

export class RelationNotFound extends DomainError {
  constructor(relationRef: RelationRef) {
    super('RELATION_NOT_FOUND', 'no relation is registered under this reference', { relationRef });
  }
}

export class RelationAlreadyRegistered extends DomainError {
  constructor(relationRef: RelationRef) {
    super('RELATION_ALREADY_REGISTERED', 'this reference belongs to another relation: make a new one', { relationRef });
  }
}

export class RelationInvalid extends DomainError {
  constructor(relationRef: RelationRef, problem: string) {
    super('RELATION_INVALID', `this relation ${problem}`, { relationRef });
  }
}

export class BindingInvalid extends DomainError {
  constructor(relationRef: RelationRef, problem: string) {
    super('BINDING_INVALID', `the binding of this relation ${problem}`, { relationRef });
  }
}
