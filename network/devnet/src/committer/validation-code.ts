/** Fabric's verdicts on a transaction, as far as this committer gives them (peer.TxValidationCode). */
export const CODE = {
  valid: 0,
  badPayload: 2,
  badCommonHeader: 3,
  badCreatorSignature: 4,
  invalidEndorserTransaction: 5,
  invalidConfigTransaction: 6,
  unsupportedTxPayload: 7,
  badProposalTxId: 8,
  duplicateTxId: 9,
  endorsementPolicyFailure: 10,
  mvccReadConflict: 11,
  phantomReadConflict: 12,
  targetChainNotFound: 14,
  badHeaderExtension: 19,
  badResponsePayload: 21,
  badRwSet: 22,
  illegalWriteSet: 23,
  invalidChaincode: 25,
  invalidOtherReason: 255,
} as const;

export type ValidationCode = (typeof CODE)[keyof typeof CODE];
