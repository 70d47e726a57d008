import type {
  AccessReason,
  Category,
  Emergency,
  Proof,
  Purpose,
  RecordVersion,
  RedisclosureId,
  ReleasedRecord,
  RequestingPerson,
  Salt,
} from '@medaccord/chaincode/model';
import type { SealingContext } from '../crypto';
import type { Salts } from '../store';

/** What a decision to release rests on, sealed to custodian and counterparty under the kind `decision`: canonical JSON. */
export interface DecisionOpening {
  readonly requestId: string;
  readonly records: readonly ReleasedRecord[];
  readonly recordsSalt: Salt;
  /** Who asked, as the counterparty itself attested it. */
  readonly person: RequestingPerson | null;
}

/** What a redisclosure rests on, sealed to custodian, counterparty and patient: canonical JSON. */
export interface RedisclosureOpening {
  readonly redisclosureId: RedisclosureId;
  /** Whom the records were passed on to, in words. */
  readonly recipient: string;
  readonly recipientSalt: Salt;
  readonly records: readonly ReleasedRecord[];
  readonly recordsSalt: Salt;
}

/**
 * Why a request was answered as it was. `nothing-held`: all is permitted and there is nothing; `consent-invalid`: others wrote over the
 * consent, and it counts again when the patient signs its next version. `break-glass-blocked`: a review of the declaring unit is overdue.
 */
export type NoticeReason = AccessReason | 'nothing-held' | 'consent-invalid' | 'break-glass-blocked';

/** What the patient is told of a decision, sealed to the relation's key under the kind `notice`: canonical JSON. */
export interface Notice {
  readonly requestId: string;
  readonly outcome: 'released' | 'refused';
  readonly reason: NoticeReason;
  readonly purpose: Purpose;
  /** What the request named to prove its purpose. */
  readonly proof: Proof | null;
  /** Who asked, as the asking organisation attests it; null when nothing valid was attested. */
  readonly person: RequestingPerson | null;
  /** What was declared; the decision tells until when. */
  readonly emergency?: Pick<Emergency, 'reason' | 'statement'>;
  readonly consentVersion: number;
  readonly records: readonly (RecordVersion & { readonly category: Category; readonly type: string })[];
}

/** One part of a delivery, sealed to the counterparty under the kind `delivery`: canonical JSON. */
export interface DeliveryOpening {
  readonly records: readonly DeliveredRecord[];
}

export interface DeliveredRecord extends RecordVersion {
  /** As its custodian stores it, byte for byte. */
  readonly envelope: string;
  /** The data key sealed to the counterparty under kind `wrap`, the record and `<request id>.<version>`. */
  readonly wrap: string;
  readonly salts: Salts;
  readonly details: string;
}

/** Where the data key of a delivered record is sealed for: this request and no other. */
export function wrapContext({ recordId, version }: RecordVersion, requestId: string, recipient: string): SealingContext {
  return { kind: 'wrap', ref: recordId, id: `${requestId}.${String(version)}`, recipient };
}
