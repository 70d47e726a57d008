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

/** Who may ask for records. */
export const askingRoles = [
  'physician',
  'nurse',
  'insurer-clerk',
  'researcher',
  'public-health-officer',
] as const satisfies readonly StaffRole[];
export type AskingRole = (typeof askingRoles)[number];

/** The purposes that have people of their own; each covers those below it. */
const ownPeople = [
  { cover: 'TREAT', roles: ['physician', 'nurse'] },
  { cover: 'HPAYMT', roles: ['insurer-clerk'] },
  { cover: 'HRESCH', roles: ['researcher'] },
  { cover: 'PUBHLTH', roles: ['public-health-officer'] },
] as const satisfies readonly { readonly cover: Purpose; readonly roles: readonly AskingRole[] }[];

/** The staff roles that ask for a purpose; one that has no people of its own is for physicians. */
export function askingRolesOf(purpose: Purpose): readonly [AskingRole, ...AskingRole[]] {
  return ownPeople.find(({ cover }) => isCoveredBy(purpose, cover))?.roles ?? ['physician'];
}

/** Whether somebody in this role asks for the purpose. */
export function asksFor(role: string | null, purpose: Purpose): boolean {
  return askingRolesOf(purpose).some((one) => one === role);
}
