import { oneOf } from './encoding/parser';

/** Codes of http://terminology.hl7.org/CodeSystem/v3-Confidentiality, least confidential first. */
export const confidentialities = ['U', 'L', 'M', 'N', 'R', 'V'] as const;
export type Confidentiality = (typeof confidentialities)[number];
export const parseConfidentiality = oneOf(confidentialities);

/** The highest of a record's confidentiality labels; N without any. */
export function confidentialityOf(labels: readonly string[]): Confidentiality {
  return confidentialities.findLast((level) => labels.includes(level)) ?? 'N';
}

/** Tells whether one level is no higher than another. */
export function isAtMost(level: Confidentiality, most: Confidentiality): boolean {
  return confidentialities.indexOf(level) <= confidentialities.indexOf(most);
}
