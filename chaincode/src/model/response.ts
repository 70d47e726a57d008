import type {
  AccessRequest,
  ConsentEntry,
  Decision,
  Delivery,
  Group,
  Organisation,
  PatientEntry,
  RecordAnchor,
  RecordStatus,
  RelationEntry,
  Rules,
} from './entry';
import type { GroupId } from './identifiers';
import type { SealedRef } from './sealed';
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

/** What each transaction answers, as canonical JSON. Answers of submitted transactions are public: ids, hashes and enum values only. */
export interface TransactionResponses {
  readonly AdoptRules: Rules;
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
  readonly StoreRecords: { readonly stored: number };
  readonly AnchorRecords: { readonly groups: readonly AnchoredGroup[] };
  readonly CloseGroup: Group;
  readonly AbandonGroup: Group;
  readonly SetRecordStatus: RecordStatus;
  readonly DeleteRecords: { readonly deleted: number };
  /** `decision` is the refusal of a member that is not the relation's counterparty, else null. */
  readonly RequestAccess: { readonly request: AccessRequest; readonly decision: Decision | null };
  readonly DecideRelease: Decision;
  readonly RefuseAccess: Decision;
  readonly DeliverRecords: Delivery;
  readonly StoreSealed: SealedRef;
  readonly ReadSealed: { readonly values: readonly SealedValue[] };
  readonly GetRules: Rules;
  readonly GetOrganisation: Organisation;
  readonly GetOrganisations: { readonly organisations: readonly Organisation[] };
  readonly GetPatient: PatientEntry;
  readonly GetRelation: RelationEntry;
  readonly GetConsents: { readonly consents: readonly ConsentEntry[] };
  readonly GetGroup: Group;
  readonly GetRecordAnchor: RecordAnchor;
  readonly GetRecordStatus: RecordStatus;
  readonly GetRequest: AccessRequest;
  readonly GetDecision: Decision;
  readonly GetDelivery: Delivery;
}

export type TransactionResponse<N extends TransactionName> = TransactionResponses[N];
