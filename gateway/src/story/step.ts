import type { Category, RelationRef, StaffRole, SubjectRef } from '@medaccord/chaincode/model';
import type { Wallet } from '../wallet';
import type { Cast, Member } from './cast';
import type { GatewayClient } from './gateway-client';

/** The names of the steps, in their order. They stay when others come. */
export const stepNames = [
  ...(['register', 'import', 'check-in', 'refuse', 'consent', 'release', 'outsider'] as const),
  ...(['claim', 'double-claim', 'revoke', 'history'] as const),
] as const;
export type StepName = (typeof stepNames)[number];

/** What all steps have at hand. */
export type Stage = {
  readonly cast: Cast;
  readonly clientOf: (member: Member) => GatewayClient;
  /** A staff token of a member, as its own staff would bring one. */
  readonly tokenOf: (member: Member, role: StaffRole) => Promise<string>;
  /** The text of the FHIR bundle to import. */
  readonly bundle: string;
  /** The text of the benefit plan by which the insurer pays. */
  readonly plan: string;
  /** Keeps the wallet; called before anything that it signed is sent. */
  readonly saveWallet: (wallet: Wallet) => Promise<void>;
};

/** What has happened so far; each step adds to it. */
export type Plot = {
  readonly wallet: Wallet;
  readonly subjectRef: SubjectRef;
  readonly relationRef: RelationRef;
  /** What the patient consents to. */
  readonly categories: readonly Category[];
  readonly requests: readonly MadeRequest[];
  /** The FHIR references of what was imported, by the full URLs of the bundle. */
  readonly imported: ReadonlyMap<string, string>;
  /** What the custodian billed; nothing where the bundle has nothing to bill. */
  readonly bill?: Bill | undefined;
};

/** What a hospital bills, as POST /api/claims takes it. */
export type Bill = { readonly relationRef: RelationRef; readonly coverageId: string } & Readonly<Record<string, unknown>>;

/** A request for access that the story made, as the patient must find it in her history. */
export type MadeRequest = {
  readonly requestId: string;
  readonly mspId: string;
  readonly outcome: 'released' | 'refused';
  /** Transactions of the request and of its decision. */
  readonly transactions: readonly string[];
  readonly consentVersion: number | null;
  readonly refusalCode: string | undefined;
};

/** What a step did. */
export type StepOutcome = {
  readonly plot: Plot;
  readonly transactions: readonly string[];
  /** For programs: properties beside step, title, ok, ms and transactions. */
  readonly findings: Readonly<Record<string, unknown>>;
  /** For people: what is worth saying, a line each. */
  readonly remarks: readonly string[];
};

export type Step = {
  readonly name: StepName;
  readonly titleOf: (cast: Cast) => string;
  readonly run: (stage: Stage, plot: Plot) => Promise<StepOutcome>;
};
