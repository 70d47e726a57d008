export { formatBase64url, parseBase64url } from './base64url';
export { assertOpens, commit } from './commitment';
export { CommitmentMismatch, DecryptFailed, SignatureInvalid } from './crypto-errors';
export { assertDataKey, commitDataKey, decryptPart, encryptPart, newDataKey, type DataContext } from './data-envelope';
export { hashBytes } from './digest';
export { signJws, verifyJws } from './jws';
export { publicJwkOf, type PrivateJwk, type PublicJwk } from './p256-jwk';
export { newRandomBytes, newSalt } from './random';
export { PATIENT, open, seal, type SealingContext } from './sealed-envelope';
export {
  generateSealingKey,
  importSealingKey,
  sealingPublicKeyOf,
  type SealingKey,
  type SealingPublicKey,
  type StoredSealingKey,
} from './sealing-key';
export { generateSigningKey, importSigningKey, importVerificationKey, type SigningKey } from './signing-key';
export { DEFAULT_SUITE, SUITES, isSuiteId, type Suite, type SuiteId } from './suites';
