/** The resources that are made of a claim. */
export const claimTypes = ['Claim', 'ClaimResponse', 'ExplanationOfBenefit'] as const;
export type ClaimType = (typeof claimTypes)[number];

/** Everything that is read here. */
export const ledgerTypes = ['Coverage', ...claimTypes] as const;
export type LedgerType = (typeof ledgerTypes)[number];

export function isClaimType(type: string): type is ClaimType {
  return claimTypes.some((one) => one === type);
}
