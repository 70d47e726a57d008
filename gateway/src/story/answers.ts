import type { EncryptionKey, Guardians, Hold, Keys, MspId, SubjectRef } from '@medaccord/chaincode/model';

/** A record as lists of records name it. */
export type RecordName = { readonly recordId: string; readonly version: number; readonly category: string };

/** The answer to something that a patient signed. */
type Recorded = {
  readonly relationRef: string;
  readonly version: number;
  readonly transactionId: string;
  readonly deliveries: readonly { readonly organisation: string; readonly status: 'delivered' | 'pending' }[];
};

/** What the gateways' routes answer, as far as the story reads it; GET /api/openapi.json has the whole. */
export type Answers = {
  readonly organisations: { readonly organisations: readonly { readonly mspId: string; readonly encryption: readonly EncryptionKey[] }[] };
  /** What the ledger has of a patient's keys. */
  readonly patientState: {
    readonly subjectRef: SubjectRef;
    readonly custodian: MspId;
    readonly keys: Keys;
    readonly jws: string;
    readonly guardians: Guardians | null;
    readonly hold: Hold | null;
    readonly steps: readonly { readonly kind: string; readonly transactionId: string }[];
  };
  readonly patientStep: { readonly subjectRef: string; readonly transactionId: string };
  readonly patient: { readonly subjectRef: string; readonly transactionId: string };
  readonly import: {
    readonly groupId: string;
    readonly transactions: readonly string[];
    readonly resources: readonly (RecordName & { readonly reference: string; readonly outcome: string })[];
  };
  readonly records: { readonly records: readonly RecordName[] };
  readonly relation: Recorded;
  readonly consent: Recorded;
  readonly consents: { readonly consents: readonly { readonly version: number; readonly jws: string; readonly transactionId: string }[] };
  readonly access: {
    readonly requestId: string;
    readonly transactionId: string;
    readonly status: 'pending' | 'decided' | 'released' | 'refused' | 'withdrawn';
    readonly refusal?: { readonly code: string };
    readonly decision?: { readonly transactionId: string; readonly consentVersion: number | null };
  };
  readonly release: { readonly resources: readonly (RecordName & { readonly resource: string })[] };
  readonly history: { readonly entries: readonly HistoryEntry[] };
};

/** One line of a relation's history. */
export type HistoryEntry = { readonly at: string; readonly transactionId: string } & (
  | { readonly kind: 'relation'; readonly counterparty: string }
  | { readonly kind: 'consent'; readonly version: number; readonly status: string }
  | { readonly kind: 'request'; readonly requestId: string; readonly by: { readonly mspId: string }; readonly purpose: string }
  | {
      readonly kind: 'decision';
      readonly requestId: string;
      readonly outcome: 'released' | 'refused';
      readonly purpose: string;
      readonly consentVersion: number | null;
      readonly records: number;
      readonly notice: string | null;
    }
  | { readonly kind: 'delivery'; readonly requestId: string }
);

/** What a notice tells the patient once it is opened. */
export type OpenedNotice = { readonly reason: string; readonly records: readonly RecordName[] };
