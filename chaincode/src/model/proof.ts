import { object, oneOf, RequestInvalid, type Parsed, type Parser } from './encoding/parser';
import { parseClaimId, parseReferralId, parseStudyId } from './identifiers';
import { isCoveredBy, type Purpose } from './purpose';
import type { StaffRole } from './role';

const proofShapes = {
  referral: object({ kind: oneOf(['referral']), referralId: parseReferralId }),
  claim: object({ kind: oneOf(['claim']), claimId: parseClaimId }),
  study: object({ kind: oneOf(['study']), studyId: parseStudyId }),
} as const;

/** What a request names to prove its purpose, beside the kinds of its relation. Public: random ids only. */
export type Proof = { readonly [K in keyof typeof proofShapes]: Parsed<(typeof proofShapes)[K]> }[keyof typeof proofShapes];

const parseKind = oneOf(Object.keys(proofShapes) as Proof['kind'][]);

export const parseProof: Parser<Proof> = (value, place) => {
  if (typeof value !== 'object' || value === null || !('kind' in value)) throw new RequestInvalid(place, 'a proof with its kind, or null');
  return proofShapes[parseKind(value.kind, `${place}.kind`)](value, place);
};

/** Who may ask for records: one role for each purpose. */
export const askingRoles = ['clinician', 'researcher', 'claims'] as const satisfies readonly StaffRole[];

/** The staff role that asks for a purpose: research and payment have their own people, the rest is for clinicians. */
export function askingRoleOf(purpose: Purpose): (typeof askingRoles)[number] {
  if (isCoveredBy(purpose, 'HRESCH')) return 'researcher';
  return isCoveredBy(purpose, 'HPAYMT') ? 'claims' : 'clinician';
}
