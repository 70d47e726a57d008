import { distinct, oneOf } from './encoding/parser';

/**
 * HL7 v3 PurposeOfUse (http://terminology.hl7.org/ValueSet/v3-PurposeOfUse, ActReason as FHIR R4 4.0.1 publishes it): each purpose with the one that covers it.
 * The top is not a purpose of its own.
 */
export const purposeParents = {
  HMARKT: null,
  HOPERAT: null,
  CAREMGT: 'HOPERAT',
  DONAT: 'HOPERAT',
  FRAUD: 'HOPERAT',
  GOV: 'HOPERAT',
  HACCRED: 'HOPERAT',
  HCOMPL: 'HOPERAT',
  HDECD: 'HOPERAT',
  HDIRECT: 'HOPERAT',
  HDM: 'HOPERAT',
  HLEGAL: 'HOPERAT',
  HOUTCOMS: 'HOPERAT',
  HPRGRP: 'HOPERAT',
  HQUALIMP: 'HOPERAT',
  HSYSADMIN: 'HOPERAT',
  LABELING: 'HSYSADMIN',
  METAMGT: 'HSYSADMIN',
  MEMADMIN: 'HOPERAT',
  MILCDM: 'HOPERAT',
  PATADMIN: 'HOPERAT',
  PATSFTY: 'HOPERAT',
  PERFMSR: 'HOPERAT',
  RECORDMGT: 'HOPERAT',
  SYSDEV: 'HOPERAT',
  HTEST: 'SYSDEV',
  TRAIN: 'HOPERAT',
  HPAYMT: null,
  CLMATTCH: 'HPAYMT',
  COVAUTH: 'HPAYMT',
  COVERAGE: 'HPAYMT',
  ELIGDTRM: 'COVERAGE',
  ELIGVER: 'COVERAGE',
  ENROLLM: 'COVERAGE',
  MILDCRG: 'COVERAGE',
  REMITADV: 'HPAYMT',
  HRESCH: null,
  BIORCH: 'HRESCH',
  CLINTRCH: 'HRESCH',
  CLINTRCHNPC: 'CLINTRCH',
  CLINTRCHPC: 'CLINTRCH',
  PRECLINTRCH: 'CLINTRCH',
  DSRCH: 'HRESCH',
  POARCH: 'HRESCH',
  TRANSRCH: 'HRESCH',
  PATRQT: null,
  FAMRQT: 'PATRQT',
  PWATRNY: 'PATRQT',
  SUPNWK: 'PATRQT',
  PUBHLTH: null,
  DISASTER: 'PUBHLTH',
  THREAT: 'PUBHLTH',
  TREAT: null,
  CLINTRL: 'TREAT',
  COC: 'TREAT',
  ETREAT: 'TREAT',
  BTG: 'ETREAT',
  ERTREAT: 'ETREAT',
  POPHLTH: 'TREAT',
} as const satisfies Record<string, string | null>;

export type Purpose = keyof typeof purposeParents;

export const purposes = Object.keys(purposeParents) as Purpose[];
export const parsePurpose = oneOf(purposes);
export const parsePurposes = distinct(parsePurpose, 1, purposes.length);

/** Tells whether `purpose` is `cover` or stands below it. */
export function isCoveredBy(purpose: Purpose, cover: Purpose): boolean {
  // What is no purpose stands below nothing.
  for (let at: Purpose | null = purpose; typeof at === 'string'; at = purposeParents[at]) if (at === cover) return true;
  return false;
}
