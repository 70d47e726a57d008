export { assistedValidity, CardInvalid, newCard, nextRelationRef, openCard, parseCard } from './card';
export { checkIn, type CheckIn, type SignedRelation } from './check-in';
export {
  deriveDelegateKey,
  endDelegation,
  newDelegateToken,
  revokeConsentFor,
  signConsentFor,
  signDelegation,
  type Delegated,
  type DelegationWish,
  type SignedDelegation,
} from './delegate';
export { describeConsent } from './describe-consent';
export { implicitPolicies, implicitPolicyNames, type ImplicitPolicy } from '../fhir-consent';
export { deriveRecoverySeed } from './derive-keys';
export { isReceiptSigned, type KeyFrom } from './check-receipt';
export { newClaimOpeners, openNotice, openRedisclosure } from './open-notice';
export {
  countFrom,
  dropPending,
  findPending,
  isSameConsent,
  keepPending,
  renewPending,
  trustConsents,
  type PendingConsent,
} from './pending-consent';
export {
  addPatient,
  askRecovery,
  findRecoveryKey,
  keysCode,
  RecoverySeedWrong,
  signApproval,
  signGuardians,
  signVeto,
  signVetoByRecovery,
} from './recover-patient';
export { recoverPatient, registerPatient, replacePatientKeys } from './register-patient';
export {
  closeByRecovery,
  closeRelation,
  revokeConsent,
  signConsent,
  type ConsentWish,
  type Recipient,
  type SignedConsent,
} from './sign-consent';
export { signAppeal, type AppealWish, type SignedAppeal } from './sign-appeal';
export { signCoverage, type OfferedCoverage, type SignedCoverage } from './sign-coverage';
export {
  findPatient,
  findRelation,
  newWallet,
  WalletUnknown,
  type KeptConsent,
  type Wallet,
  type WalletPatient,
  type WalletRelation,
} from './wallet';
export { newRelationToken } from './wallet-token';
export { formatWallet, isLocked, lockWallet, parseWallet, unlockWallet } from './wallet-text';
