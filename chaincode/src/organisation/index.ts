export { assertStanding } from './assert-standing';
export { registerOrganisation } from './register-organisation';
