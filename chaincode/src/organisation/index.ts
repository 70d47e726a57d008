export { assertStanding } from './assert-standing';
export { CallerNotCustodian, OrganisationNotActive, OrganisationNotFound } from './organisation-errors';
export { registerOrganisation } from './register-organisation';
