export { ATTRIBUTES_OID, parseAttributesExtension } from './pki/attributes-extension';
export type { CaLog, CaLogEntry } from './ca/ca-app';
export type { CaSettings } from './ca/certificate-authority';
export { serveCas, type CaService, type CaServiceOptions, type CaSite } from './ca/serve-cas';
export {
  enroll,
  fetchCaCertificate,
  generateRevocationList,
  modifyIdentity,
  reenroll,
  register,
  revoke,
  type CaAttribute,
  type CaEndpoint,
  type Enrollment,
  type EnrollRequest,
  type RegisterRequest,
  type Revocation,
  type RevokeRequest,
} from './client/ca-client';
export { CaRequestFailed, CaUnreachable } from './client/ca-client-errors';
export { bootstrapOrganisation, hasMaterial, type BootstrapResult } from './material/bootstrap-organisation';
export { PublicPartError, type PublicPartErrorCode } from './material/public-part-error';
export {
  findAcquaintance,
  importPublicPart,
  parsePublicPart,
  readPublicPart,
  type Acquaintance,
  type PublicPart,
} from './material/public-part';
export { renewOrganisation } from './material/renew-organisation';
export { revokeCertificate } from './material/revoke-certificate';
export { serveCasOf, serveOrganisations, type OrganisationCas } from './serve-organisations';
export type { Credentials } from './pki/request-token';
