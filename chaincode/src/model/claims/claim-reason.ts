/** Where an amount that is not paid belongs in an adjudication: `adjudication` of HL7, the rest of CARIN's C4BBAdjudication. */
export type AmountCategory = 'deductible' | 'copay' | 'coinsurance' | 'noncovered' | 'discount' | 'priorpayerpaid' | 'pending' | 'none';

export interface ReasonRow {
  readonly category: AmountCategory;
  /** Who bears the amount. */
  readonly bears: 'patient' | 'hospital' | 'nobody';
  /** The number of X12's claim adjustment reason code, whose text is X12's own and is not repeated here. */
  readonly carc?: number;
  /** The code of http://terminology.hl7.org/CodeSystem/adjudication-reason. */
  readonly hl7?: 'ar001' | 'ar002';
  /** Whether a person can let the line pass this check: without it the rule goes on as if there were nothing against the line. */
  readonly canClear?: true;
  readonly text: string;
}

const patient = { category: 'noncovered', bears: 'patient', hl7: 'ar001' } as const;
const hospital = { category: 'noncovered', bears: 'hospital', hl7: 'ar001' } as const;
/** Put before a person; when that person denies it, it is not covered, and the hospital bears it. */
const flagged = { ...hospital, canClear: true } as const;

/** Every reason for which something is not paid, or is looked at. docs/reference/benefit-plan.md has the same table. */
const rows = {
  deductible: {
    category: 'deductible',
    bears: 'patient',
    carc: 1,
    text: 'The patient bears this until the deductible of the year is used up.',
  },
  copay: { category: 'copay', bears: 'patient', carc: 3, text: 'The fixed part that the patient pays for each service of this kind.' },
  coinsurance: { category: 'coinsurance', bears: 'patient', carc: 2, text: "The patient's percentage of what is left." },
  'out-of-pocket-met': {
    category: 'none',
    bears: 'nobody',
    text: "The patient's own share has reached its maximum of the year: the plan bears the rest of it.",
  },
  'over-tariff': { category: 'discount', bears: 'hospital', carc: 45, text: 'The charge is above what hospital and insurer agreed.' },
  'above-allowance': { ...patient, carc: 45, text: 'The charge is above what the plan allows outside of its network.' },
  'prior-payer': { category: 'priorpayerpaid', bears: 'nobody', carc: 23, text: 'The payer before this one paid it.' },
  'limit-reached': { ...patient, hl7: 'ar002', carc: 119, text: 'A limit of the plan year is used up.' },
  'units-exceeded': { ...patient, hl7: 'ar002', carc: 119, text: 'More units than the plan pays for in that time.' },
  'authorization-exceeded': { ...hospital, hl7: 'ar002', carc: 198, text: 'More units than were authorized.' },

  'coverage-not-begun': { ...patient, carc: 26, text: 'The service was given before the coverage began.' },
  'coverage-ended': { ...patient, carc: 27, text: 'The service was given after the coverage ended.' },
  'not-yet-served': { ...hospital, carc: 110, text: 'The service is dated after the claim.' },
  'filed-late': { ...hospital, carc: 29, text: 'The claim came later than the plan allows.' },
  'companion-missing': { ...hospital, carc: 107, text: 'The service is paid only beside another that was not billed for that day.' },
  bundled: { ...hospital, carc: 97, text: 'The service is part of another that is billed for the same day.' },
  'waiting-period': { ...patient, carc: 179, text: 'The waiting period for this service was not over.' },
  'out-of-network': { ...patient, carc: 242, text: 'The plan pays this service only inside of its network.' },
  'not-authorized': { ...hospital, carc: 197, text: 'The service needs an authorization that covers it, in advance.' },
  excluded: { ...patient, carc: 204, text: 'The plan does not cover this service.' },

  duplicate: { ...flagged, carc: 18, text: 'The same service was billed before.' },
  'evidence-missing': { ...flagged, carc: 252, text: 'A record that the plan asks for is not there.' },
  'encounter-missing': { ...flagged, carc: 252, text: 'There is no encounter behind the service.' },
  'own-rule': { ...flagged, carc: 96, text: "One of the insurer's own rules." },
  'after-death': { ...flagged, carc: 13, text: "The service is dated after the patient's death." },
  'evidence-tampered': { ...flagged, text: 'A record is not what its hospital anchored.' },
  'bundled-reversed': { ...flagged, carc: 97, text: 'A part of this service is billed already for the same day.' },
  'units-implausible': { ...flagged, carc: 222, text: 'More units than are plausible in that time.' },
  'currency-mismatch': { ...hospital, text: 'The claim is not in the currency of the plan.' },
  'plan-not-in-force': { ...hospital, text: 'Another version of the plan decides that day.' },
  'category-unknown': { ...hospital, text: 'No category of the plan holds the service.' },
  'coordination-unclear': { ...hospital, carc: 22, text: 'What another payer paid, or has to pay first, is not clear.' },
  'tariff-unknown': { ...hospital, text: 'The plan has no tariff for the service and no rule without one.' },
  'unit-mismatch': { ...hospital, text: 'The units are not those of the tariff.' },
} as const satisfies Readonly<Record<string, ReasonRow>>;

export type ClaimReason = keyof typeof rows;
export const claimReasons: Readonly<Record<ClaimReason, ReasonRow>> = rows;
export const reasonCodes = Object.keys(rows) as [ClaimReason, ...ClaimReason[]];
