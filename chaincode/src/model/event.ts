import { formatCanonical } from './encoding/canonical-json';
import type { SealedRef } from './sealed';

/** The events of the ledger, one per transaction, with the names of the ids that they carry. */
export const eventIds = {
  RulesAdopted: ['version'],
  RulesApproved: ['version', 'mspId'],
  OrganisationRegistered: ['mspId'],
  PatientRegistered: ['subjectRef'],
  PatientKeysReplaced: ['subjectRef'],
  GuardiansNamed: ['subjectRef'],
  HoldPlaced: ['subjectRef'],
  RecoveryOpened: ['subjectRef'],
  RecoveryApproved: ['subjectRef'],
  RecoveryVetoed: ['subjectRef'],
  RecoveryCompleted: ['subjectRef'],
  RelationRegistered: ['relationRef'],
  ConsentRecorded: ['relationRef', 'version'],
  RecordsStored: ['mspId'],
  RecordsAnchored: ['mspId'],
  GroupClosed: ['groupId'],
  GroupAbandoned: ['groupId'],
  RecordStatusSet: ['recordId'],
  RecordsDeleted: ['groupId'],
  AccessRequested: ['relationRef', 'requestId'],
  AccessRefused: ['relationRef', 'requestId'],
  AccessReleased: ['relationRef', 'requestId'],
  RecordsDelivered: ['relationRef', 'requestId', 'part'],
  DelegationRecorded: ['relationRef', 'n'],
  PatientStatusSet: ['subjectRef', 'n'],
  BreakGlassDeclared: ['relationRef', 'requestId', 'mspId'],
  BreakGlassReleased: ['relationRef', 'requestId', 'mspId'],
  BreakGlassReviewed: ['relationRef', 'requestId', 'mspId'],
  ReferralRegistered: ['relationRef', 'referralId'],
  ReferralEnded: ['relationRef', 'referralId'],
  StudyApproved: ['studyId'],
  StudyEnded: ['studyId'],
  ReleaseDeleted: ['relationRef', 'requestId'],
  RecordsRedisclosed: ['relationRef', 'requestId'],
  ConsentsConsulted: ['relationRef'],
  ConsentNoticeRecorded: ['relationRef', 'version'],
  AssistedConsentEnded: ['relationRef', 'version'],
  AuditRootAnchored: ['mspId'],
  PlanPublished: ['insurer', 'planId', 'version'],
  CoverageRecorded: ['relationRef', 'coverageId', 'version'],
  ClaimSubmitted: ['relationRef', 'claimId'],
  ClaimsAcknowledged: ['relationRef'],
  ClaimsAdjudicated: ['relationRef', 'coverageId'],
  AdjudicationConfirmed: ['relationRef', 'claimId'],
  ClaimAppealed: ['relationRef', 'claimId', 'number'],
  AppealDecided: ['relationRef', 'claimId', 'number'],
  SettlementProposed: ['hospital', 'insurer', 'number'],
  SettlementSigned: ['hospital', 'insurer', 'number'],
  PaymentNotified: ['hospital', 'insurer', 'number'],
  PaymentCleared: ['hospital', 'insurer', 'number'],
  /** Of each value that was stored. */
  SealedStored: ['keys'],
} as const satisfies Record<string, readonly string[]>;

export type EventName = keyof typeof eventIds;

type EventIds<N extends EventName> = N extends 'SealedStored'
  ? { readonly keys: readonly SealedRef[] }
  : Readonly<Record<(typeof eventIds)[N][number], string | number>>;

/** What happened. */
export type LedgerEvent = { [N in EventName]: { readonly name: N; readonly ids: EventIds<N> } }[EventName];

/** The payload of a chaincode event: its ids as canonical JSON. */
export function formatEventPayload(event: LedgerEvent): string {
  return formatCanonical(event.ids);
}
