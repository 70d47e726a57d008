import type { ConsentEnd, ConsentNotice } from './assisted-entry';
import type { AuditRoot } from './audit-root';
import type {
  AccessRequest,
  ConsentEntry,
  Decision,
  DelegationEntry,
  Delivery,
  Group,
  Organisation,
  PatientEntry,
  PatientStatusEntry,
  RecordAnchor,
  RecordStatus,
  RelationEntry,
  Review,
  Rules,
} from './entry';
import type { ClaimId, Digest, GroupId, MspId } from './identifiers';
import type { PatientStatus } from './patient-status';
import type { Referral, Study } from './proof-entry';
import type { Delegation } from './rule/trust-delegation';
import type { SealedRef } from './sealed';
import type { Deletion, Redisclosure } from './release-entry';
import type { Assistance } from './rule/assisted';
import type { Appeal, AppealDecision, AppealEntry } from './claims/appeal-entry';
import type { AccumulatorEntry, Acknowledgement, AdjudicationEntry, ClaimEntry, CoverageEntry, PlanEntry } from './claims/claim-entry';
import type { PaymentEntry, SettlementEntry } from './claims/settlement-entry';
import type { TransactionName } from './request';

/** A sealed value as stored; null when there is none. */
export interface SealedValue extends SealedRef {
  readonly envelope: string | null;
}

/** What became of the records that a transaction named for a group. */
export interface AnchoredGroup {
  readonly groupId: GroupId;
  readonly status: 'open' | 'closed';
  readonly anchored: number;
}

/** How far a change of the rules is: its digest, and which of the members whose approval counts have approved it. */
export interface RulesApprovals {
  readonly version: number;
  readonly change: Digest;
  readonly needed: number;
  readonly approvals: readonly { readonly mspId: MspId; readonly approved: boolean }[];
}

/** What each transaction answers, as canonical JSON. Answers of submitted transactions are public: ids, hashes and enum values only. */
export interface TransactionResponses {
  readonly AdoptRules: Rules;
  readonly ApproveRules: { readonly version: number; readonly change: Digest };
  readonly RegisterOrganisation: Organisation;
  readonly RegisterPatient: PatientEntry;
  readonly ReplacePatientKeys: PatientEntry;
  readonly NameGuardians: PatientEntry;
  readonly PlaceHold: PatientEntry;
  readonly OpenRecovery: PatientEntry;
  readonly ApproveRecovery: PatientEntry;
  readonly Veto: PatientEntry;
  readonly CompleteRecovery: PatientEntry;
  readonly RegisterRelation: { readonly relation: RelationEntry; readonly consent: ConsentEntry };
  readonly RecordConsent: ConsentEntry;
  readonly RecordNotice: ConsentNotice;
  readonly EndAssistedConsent: ConsentEnd;
  readonly RecordDelegation: DelegationEntry;
  readonly AppointDelegate: DelegationEntry;
  readonly SetPatientStatus: PatientStatusEntry;
  readonly StoreRecords: { readonly stored: number };
  readonly AnchorRecords: { readonly groups: readonly AnchoredGroup[] };
  readonly CloseGroup: Group;
  readonly AbandonGroup: Group;
  readonly SetRecordStatus: RecordStatus;
  readonly DeleteRecords: { readonly deleted: number };
  /** `decision` is the refusal of a member that is not the relation's counterparty, else null. */
  readonly RequestAccess: { readonly request: AccessRequest; readonly decision: Decision | null };
  readonly ReviewBreakGlass: Review;
  readonly DecideRelease: Decision;
  readonly RefuseAccess: Decision;
  readonly DeliverRecords: Delivery;
  readonly RegisterReferral: Referral;
  readonly EndReferral: Referral;
  readonly ApproveStudy: Study;
  readonly EndStudy: Study;
  readonly GetReferral: Referral;
  readonly GetStudy: Study;
  readonly RecordDeletion: Deletion;
  readonly RecordRedisclosure: Redisclosure;
  readonly RecordConsultations: { readonly recorded: number };
  readonly AnchorAuditRoot: AuditRoot;
  readonly PublishPlan: { readonly insurer: MspId; readonly planId: string; readonly version: number };
  readonly RecordCoverage: CoverageEntry;
  readonly SubmitClaim: ClaimEntry;
  readonly AcknowledgeClaims: { readonly acknowledgements: readonly Acknowledgement[] };
  readonly AdjudicateClaims: { readonly position: number; readonly adjudications: readonly AdjudicationEntry[] };
  readonly ConfirmAdjudication: AdjudicationEntry;
  readonly AppealClaim: AppealEntry;
  readonly DecideAppeal: AppealDecision;
  readonly ProposeSettlement: SettlementEntry;
  readonly SignSettlement: SettlementEntry;
  readonly NotifyPayment: PaymentEntry;
  readonly ClearPayment: PaymentEntry;
  readonly GetSettlement: { readonly settlement: SettlementEntry; readonly payment: PaymentEntry | null };
  readonly StoreSealed: { readonly keys: readonly SealedRef[] };
  readonly ReadSealed: { readonly values: readonly SealedValue[] };
  readonly GetRules: Rules;
  readonly GetRulesApprovals: RulesApprovals;
  readonly GetOrganisation: Organisation;
  readonly GetOrganisations: { readonly organisations: readonly Organisation[] };
  readonly GetPatient: PatientEntry;
  readonly GetRelation: RelationEntry;
  /** Null: the relation is not assisted. */
  readonly GetAssistance: { readonly assistance: Assistance | null };
  readonly GetConsents: { readonly consents: readonly ConsentEntry[] };
  readonly GetDelegations: { readonly delegations: readonly Delegation[] };
  readonly GetPatientStatus: { readonly statuses: readonly PatientStatus[] };
  readonly GetGroup: Group;
  readonly GetRecordAnchor: RecordAnchor;
  readonly GetRecordStatus: RecordStatus;
  readonly GetRequest: AccessRequest;
  readonly GetDecision: Decision;
  readonly GetReview: Review;
  readonly GetDelivery: Delivery;
  readonly GetAuditRoot: AuditRoot;
  readonly GetPlan: PlanEntry;
  /** Every version that counts, and how much is used. */
  readonly GetCoverages: { readonly coverages: readonly CoverageEntry[]; readonly accumulator: AccumulatorEntry | null };
  readonly GetAppeals: { readonly appeals: readonly Appeal[] };
  readonly GetClaim: {
    readonly claim: ClaimEntry;
    /** The later claim that takes it back or corrects it. */
    readonly replacedBy: ClaimId | null;
    readonly acknowledgement: Acknowledgement | null;
    /** The insurer's newest; with `n` 0 before the first. */
    readonly adjudication: AdjudicationEntry;
  };
}

export type TransactionResponse<N extends TransactionName> = TransactionResponses[N];
