import type {
  AppealEntry,
  AuditProof,
  EncryptionKey,
  Guardians,
  Hold,
  Jwk,
  Keys,
  MspId,
  Proof,
  RelationKind,
  SubjectRef,
} from '@medaccord/chaincode/model';

import type { ClaimStatus } from '../claims';

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
  readonly organisations: {
    readonly organisations: readonly {
      readonly mspId: string;
      readonly encryption: readonly EncryptionKey[];
      readonly signing: Jwk;
      readonly signingKeys: readonly { readonly key: Jwk; readonly since: number }[];
    }[];
  };
  readonly ownAudit: { readonly proof: AuditProof; readonly next: { readonly root: number | null; readonly after: number } | null };
  readonly rules: { readonly deadlines: Readonly<Record<'assistedHours', number>> };
  readonly relationNow: {
    readonly relationRef: string;
    readonly custodian: string;
    readonly counterparty: string;
    readonly kinds: readonly RelationKind[];
    readonly newestConsent: number;
  };
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
    readonly resources: readonly (RecordName & { readonly fullUrl: string | null; readonly reference: string; readonly outcome: string })[];
  };
  readonly records: { readonly records: readonly RecordName[] };
  readonly relation: Recorded;
  readonly consent: Recorded;
  readonly consents: {
    readonly consents: readonly {
      readonly version: number;
      readonly delegation: number | null;
      readonly jws: string;
      readonly transactionId: string;
    }[];
  };
  readonly delegation: { readonly n: number; readonly transactionId: string };
  readonly delegations: { readonly delegations: readonly { readonly n: number; readonly act: 'grant' | 'end' }[] };
  readonly present: { readonly custodian: string; readonly counterparty: string; readonly newestConsent: number };
  readonly access: {
    readonly requestId: string;
    readonly transactionId: string;
    readonly status: 'pending' | 'decided' | 'released' | 'refused' | 'withdrawn';
    readonly refusal?: { readonly code: string };
    readonly decision?: { readonly transactionId: string; readonly consentVersion: number | null };
  };
  readonly release: { readonly resources: readonly (RecordName & { readonly resource: string })[] };
  readonly preview: {
    readonly counterparty: string;
    readonly consentVersion: number;
    readonly records: readonly { readonly recordId: string }[];
    readonly views: readonly PreviewView[];
    readonly omitted: number;
  };
  readonly notices: {
    readonly notices: readonly {
      readonly relationRef: string;
      readonly version: number;
      readonly recordedAt: string;
      readonly validFrom: string;
    }[];
  };
  readonly notice: { readonly relationRef: string; readonly version: number; readonly effectiveAt: string; readonly transactionId: string };
  readonly end: { readonly relationRef: string; readonly version: number; readonly transactionId: string };
  readonly plan: { readonly planId: string; readonly version: number; readonly transactionId: string };
  readonly submittedClaim: {
    readonly claimId: string;
    readonly duplicates: readonly number[];
    readonly transactionId: string;
  };
  readonly claim: {
    readonly status: ClaimStatus;
    readonly adjudications: readonly { readonly check: { readonly verdict: string } | null }[];
  };
  readonly history: { readonly entries: readonly HistoryEntry[] };
  readonly coverageOffers: {
    readonly offers: readonly {
      readonly version: number;
      readonly document: { readonly coverageId: string };
      /** The newest version of the plan that the terms name. */
      readonly plan: object | null;
    }[];
  };
  readonly appeal: { readonly appeal: AppealEntry };
  readonly coverage: { readonly coverageId: string; readonly version: number; readonly transactionId: string };
};

/** What one recipient would see by a draft, for one purpose. */
export type PreviewView = {
  readonly recipient: { readonly kind: 'somebody' | 'anybody-else' | 'unattested' } & Readonly<
    Record<'department' | 'role' | 'person' | 'team', string | null>
  >;
  readonly purpose: string;
  readonly counts: Readonly<Record<'draft' | 'now' | 'gained' | 'lost', number>>;
  readonly groups: readonly {
    readonly category: string;
    readonly draft: string;
    readonly now: string;
    readonly records: readonly string[];
  }[];
};

/** Where the deletion of a released copy stands. */
export type DeletionStatus = {
  readonly status: 'not-due' | 'outstanding' | 'done';
  readonly reason: string | null;
  readonly at: string | null;
};

/** One line of a relation's history. */
export type HistoryEntry = { readonly at: string; readonly transactionId: string; readonly block: number } & (
  | { readonly kind: 'relation'; readonly counterparty: string; readonly assisted?: true }
  | {
      readonly kind: 'consent';
      readonly version: number;
      readonly status: string;
      readonly delegation: number | null;
      readonly witness?: { readonly by: { readonly mspId: string; readonly actor: string } };
    }
  | {
      readonly kind: 'consent-notice';
      readonly version: number;
      readonly channel: string;
      readonly by: { readonly mspId: string; readonly actor: string };
      readonly effectiveAt: string;
    }
  | { readonly kind: 'consent-end'; readonly version: number; readonly by: { readonly mspId: string; readonly actor: string } }
  | ({ readonly kind: 'delegation'; readonly n: number; readonly confirmedBy: string | null } & (
      | {
          readonly act: 'grant';
          readonly powers: readonly string[];
          readonly validity: { readonly until: string };
          readonly opening: { readonly kind: string } | null;
        }
      | { readonly act: 'end'; readonly of: number }
    ))
  | { readonly kind: 'status'; readonly status: string }
  | {
      readonly kind: 'request';
      readonly requestId: string;
      readonly by: { readonly mspId: string };
      readonly purpose: string;
      readonly proof: Proof | null;
      readonly breakGlass?: { readonly reviewBy: string };
    }
  | {
      readonly kind: 'referral';
      readonly by: { readonly mspId: string };
      readonly validity: { readonly until: string };
      readonly endedAt: string | null;
    }
  | {
      readonly kind: 'decision';
      readonly requestId: string;
      readonly outcome: 'released' | 'refused';
      readonly purpose: string;
      readonly proof: Proof | null;
      readonly consentVersion: number | null;
      readonly records: number;
      readonly breakGlass?: { readonly until: string };
      readonly notice: string | null;
      readonly receipt: string | null;
      readonly deletion: DeletionStatus | null;
    }
  | { readonly kind: 'delivery'; readonly requestId: string }
  | {
      readonly kind: 'review';
      readonly requestId: string;
      readonly outcome: string;
      readonly by: { readonly mspId: string };
      readonly isLate: boolean;
    }
  | {
      readonly kind: 'deletion';
      readonly requestId: string;
      readonly by: { readonly mspId: string };
      readonly reason: string;
      readonly redisclosureId: string | null;
    }
  | {
      readonly kind: 'redisclosure';
      readonly requestId: string;
      readonly redisclosureId: string;
      readonly by: { readonly mspId: string };
      readonly purpose: string;
      readonly records: number;
      readonly notice: string | null;
      readonly deletion: DeletionStatus;
    }
  | { readonly kind: 'consultation'; readonly mspId: string; readonly role: string; readonly purpose: string | null }
  | { readonly kind: 'coverage'; readonly coverageId: string; readonly version: number; readonly status: string; readonly insurer: string }
  | {
      readonly kind: 'claim';
      readonly claimId: string;
      readonly use: string;
      readonly related: { readonly claimId: string; readonly relationship: string } | null;
      readonly hospital: string;
      readonly lines: number;
      readonly duplicates: number;
    }
  | {
      readonly kind: 'acknowledgement';
      readonly claimId: string;
      readonly outcome: string;
      readonly reason: string | null;
      readonly by: { readonly mspId: string };
    }
  | {
      readonly kind: 'adjudication';
      readonly claimId: string;
      readonly n: number;
      readonly outcome: string | null;
      readonly status: string;
      readonly manner: string | null;
      readonly isOverridden: boolean;
    }
);

/** What the patient is told of a redisclosure once it is opened. */
export type OpenedRedisclosure = { readonly recipient: string; readonly records: readonly { readonly recordId: string }[] };

/** What a notice tells the patient once it is opened. */
export type OpenedNotice = {
  readonly reason: string;
  readonly emergency?: { readonly reason: string; readonly statement: string };
  readonly records: readonly RecordName[];
};
