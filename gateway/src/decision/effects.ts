import type { PublicKeyType } from '@medaccord/chaincode/model';

export type Effect = 'everything' | 'relation' | 'patient' | 'records' | 'record' | 'nothing';

/**
 * What an entry of a kind can change of answers that were given: those of everybody, of one relation, of a patient's relations, of one
 * record, of records at large, or none. A kind that is not listed cannot be compiled.
 */
export const effects = {
  rules: 'everything',
  organisation: 'everything',
  patient: 'patient',
  'patient-status': 'patient',
  relation: 'relation',
  consent: 'relation',
  closing: 'nothing',
  delegation: 'relation',
  group: 'records',
  record: 'record',
  'record-status': 'record',
  request: 'nothing',
  decision: 'nothing',
  delivery: 'nothing',
  'break-glass': 'nothing',
  review: 'nothing',
  deletion: 'nothing',
  redisclosure: 'nothing',
  consultation: 'nothing',
  referral: 'relation',
  study: 'everything',
  'consent-notice': 'relation',
  'consent-end': 'relation',
  'audit-root': 'nothing',
  plan: 'everything',
  coverage: 'relation',
  accumulator: 'nothing',
  claim: 'relation',
  billed: 'nothing',
  replacement: 'relation',
  acknowledgement: 'relation',
  adjudication: 'relation',
  appeal: 'nothing',
  'appeal-decision': 'nothing',
  settlement: 'nothing',
  payment: 'nothing',
} as const satisfies Readonly<Record<PublicKeyType, Effect>>;
