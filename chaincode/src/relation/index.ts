export { assertBindingOf, checkBinding } from './check-binding';
export { registerRelation } from './register-relation';
export { BindingInvalid, RelationAlreadyRegistered, RelationInvalid, RelationNotFound } from './relation-errors';
export { trustRelation } from './trust-relation';
