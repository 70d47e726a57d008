export { clinicalRoles, mayBeLimited, type Access, type Caller, type Staff } from './access';
export { newAuthoriser, type Authoriser, type Verifiers } from './authorise';
export { newStaffTokenVerifier, parseNames, parseReach, signStaffToken, type StaffClaims, type StaffTokenIssuer } from './staff-token';
export { newWalletTokenVerifier } from './wallet-token';
export { assertInScope, type ScopedRequest } from './scope-check';
export { apiScope, coversScope, identityScopes, readGrant, readScope, splitScopes, type TokenGrant } from './smart-scope';
