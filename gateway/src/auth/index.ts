export type { Access, Caller } from './access';
export { newAuthoriser, type Authoriser, type Verifiers } from './authorise';
export { newStaffTokenVerifier, signStaffToken, type StaffClaims, type StaffTokenIssuer } from './staff-token';
export { newWalletTokenVerifier } from './wallet-token';
