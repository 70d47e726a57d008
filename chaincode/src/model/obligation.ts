import { distinct, oneOf, type Parsed } from './encoding/parser';

/** What whoever receives a record must keep to, by codes of HL7 v3 ActCode: mark it; disclose it to nobody without the patient's consent. */
const obligations = ['PRIVMARK', 'NORDSCLCD'] as const;
export const parseObligations = distinct(oneOf(obligations), 0, obligations.length);
export type Obligation = Parsed<typeof parseObligations>[number];
