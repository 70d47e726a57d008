export { assertBindingOf, checkBinding } from './check-binding';
export { registerRelation } from './register-relation';
