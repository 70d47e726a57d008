/** The resources that are made of a claim. */
export const claimTypes = ['Claim', 'ClaimResponse', 'ExplanationOfBenefit'] as const;
export type ClaimType = (typeof claimTypes)[number];

/** What a patient reads of her own. */
export const personalTypes = ['Coverage', ...claimTypes] as const;

/** What hospital and insurer pay each other: a statement is about many patients. */
export const paymentTypes = ['PaymentNotice', 'PaymentReconciliation'] as const;
export type PaymentType = (typeof paymentTypes)[number];

/** Everything that is read here. */
export const ledgerTypes = [...personalTypes, ...paymentTypes] as const;
export type LedgerType = (typeof ledgerTypes)[number];

export function isPaymentType(type: string): type is PaymentType {
  return paymentTypes.some((one) => one === type);
}

export function isClaimType(type: string): type is ClaimType {
  return claimTypes.some((one) => one === type);
}
