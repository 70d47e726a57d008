import { parseAuditRootStatement } from './audit-root';
import { parseAppealStatement } from './claims/appeal';
import { parseDelegationStatement } from './delegation';
import {
  RequestInvalid,
  distinct,
  integer,
  nullable,
  object,
  oneOf,
  optional,
  table,
  text,
  type Parsed,
  type Parser,
} from './encoding/parser';
import { settlementName } from './claims/settlement-document';
import {
  parseCommitment,
  parseCoverageId,
  parseDigest,
  parseMspId,
  parseRelationRef,
  parseSalt,
  parseSettlementId,
  parseSubjectRef,
} from './identifiers';
import { parseInstant, parsePeriod } from './instant';
import { parseAssistedMark } from './assisted';
import { parseKeys } from './jwk';
import { parsePatientStatus } from './patient-status';
import { recoveryStatements } from './recovery';
import { parseDeletionReceipt, parseDisclosureReceipt } from './receipt';

/** How a person and the keys were bound to each other at registration. */
const bindingMethods = ['custodian', 'second-organisation', 'national-identity'] as const;
export type BindingMethod = (typeof bindingMethods)[number];
export const parseBindingMethod = oneOf(bindingMethods);

/** What a relation is for; a purpose may need one of them (rule/purpose-proof.ts). */
export const relationKinds = ['care', 'cover', 'research'] as const;
export type RelationKind = (typeof relationKinds)[number];

export const consentStatuses = ['in-force', 'revoked', 'closed'] as const;

/** A patient registers at a custodian; signed by `keys.signing`. `assisted`: her keys are on a card, and all her relations are assisted, for ever. */
const parsePatient = object({
  subjectRef: parseSubjectRef,
  custodian: parseMspId,
  keys: parseKeys,
  bound: object({ method: parseBindingMethod }),
  assisted: optional(parseAssistedMark),
  issuedAt: parseInstant,
});

/**
 * A patient replaces her keys; signed by the current signing key or by the current recovery key. `previous` is the SHA-256 of the payload of
 * the statement that it follows, so that no statement comes back.
 */
const parsePatientKeys = object({ subjectRef: parseSubjectRef, previous: parseDigest, keys: parseKeys, issuedAt: parseInstant });

/** By organisation: SHA-256 of the envelope that the wallet sealed to it. What the patient did not name is not stored there. */
export const parseSealedDigests = table(parseMspId, parseDigest, 2);

/** A relation of a patient with a counterparty; signed by the relation's own signing key. */
const parseRelation = object({
  relationRef: parseRelationRef,
  custodian: parseMspId,
  counterparty: parseMspId,
  kinds: distinct(oneOf(relationKinds), 1, relationKinds.length),
  keys: parseKeys,
  binding: parseCommitment,
  /** Of the sealed bindings. */
  sealed: parseSealedDigests,
  /** All its consents are assisted, for ever. */
  assisted: optional(parseAssistedMark),
  issuedAt: parseInstant,
});

/** Says whose relation it is; signed by the patient's registered signing key. Never public. */
const parseBinding = object({
  subjectRef: parseSubjectRef,
  relationRef: parseRelationRef,
  counterparty: parseMspId,
  keys: parseKeys,
  salt: parseSalt,
  issuedAt: parseInstant,
});
export type Binding = Parsed<typeof parseBinding>;

const parseConsentShape = object({
  relationRef: parseRelationRef,
  version: integer(1, 1_000_000),
  status: oneOf(consentStatuses),
  validity: nullable(parsePeriod),
  submitBy: parseInstant,
  document: nullable(parseCommitment),
  /** Of the sealed documents. */
  sealed: parseSealedDigests,
  /** The number of the delegation by which somebody else signs for the patient; absent when she signs. */
  delegation: optional(integer(1, 1_000_000)),
  issuedAt: parseInstant,
});
/**
 * The public part of a consent; signed by the relation's signing key, by its recovery key when the status is `closed`, or by the delegate
 * whose delegation it names.
 */
export type ConsentHeader = Parsed<typeof parseConsentShape>;

const parseConsent: Parser<ConsentHeader> = (value, place) => {
  const header = parseConsentShape(value, place);
  if (header.status === 'in-force' && header.document === null) {
    throw new RequestInvalid(`${place}.document`, 'a commitment, for the consent is in force');
  }
  if (header.document === null && Object.keys(header.sealed).length > 0) {
    throw new RequestInvalid(`${place}.sealed`, 'empty, for there is no document');
  }
  return header;
};

const parseWalletTokenShape = object({
  relationRef: optional(parseRelationRef),
  subjectRef: optional(parseSubjectRef),
  /** Of the delegate who signs it, in the relation. */
  delegation: optional(integer(1, 1_000_000)),
  audience: parseMspId,
  issuedAt: parseInstant,
  expiresAt: parseInstant,
});
/** A patient's bearer token at one gateway; signed by the relation's or the patient's signing key, or by a delegate's. Lives 5 minutes at most. */
export type WalletToken = Parsed<typeof parseWalletTokenShape>;

const parseWalletToken: Parser<WalletToken> = (value, place) => {
  const token = parseWalletTokenShape(value, place);
  if ((token.relationRef === undefined) === (token.subjectRef === undefined)) {
    throw new RequestInvalid(place, 'a token with either relationRef or subjectRef');
  }
  if (token.delegation !== undefined && token.relationRef === undefined)
    throw new RequestInvalid(`${place}.delegation`, 'absent without a relation');
  return token;
};

/** The terms of a coverage, which the insurer offered: the patient agrees; signed by the relation's signing key. */
const parseCoverageStatement = object({
  relationRef: parseRelationRef,
  coverageId: parseCoverageId,
  version: integer(1, 1_000_000),
  document: parseCommitment,
  /** Of the sealed documents. */
  sealed: parseSealedDigests,
  issuedAt: parseInstant,
});
export type CoverageStatement = Parsed<typeof parseCoverageStatement>;

/** A statement of what an insurer owes a hospital; signed by the signing key of either organisation. */
const parseSettlementStatement = object({
  settlementId: parseSettlementId,
  ...settlementName,
  document: parseCommitment,
  previous: nullable(parseCommitment),
  /** Of the sealed documents. */
  sealed: parseSealedDigests,
  issuedAt: parseInstant,
});
export type SettlementStatement = Parsed<typeof parseSettlementStatement>;

/**
 * What a member's gateway knows of the chain, said to another one that asked; signed by the organisation's signing key. The nonce is the
 * asker's own, so that no answer serves twice and no clock is compared.
 */
const parseHeight = object({
  mspId: parseMspId,
  channel: text(/^[a-z][a-z0-9.-]{0,248}$/, 'the name of a channel'),
  nonce: text(/^[A-Za-z0-9_-]{22,64}$/, 'a nonce of 22 to 64 base64url characters'),
  /** Number of blocks in its read model. */
  height: integer(0, Number.MAX_SAFE_INTEGER),
});

/** Every kind of signed payload with its parser. The kind stands in the protected header, `medaccord-<kind>+jws`. */
export const signedPayloads = {
  patient: parsePatient,
  'patient-keys': parsePatientKeys,
  relation: parseRelation,
  binding: parseBinding,
  consent: parseConsent,
  delegation: parseDelegationStatement,
  'patient-status': parsePatientStatus,
  'wallet-token': parseWalletToken,
  ...recoveryStatements,
  height: parseHeight,
  'disclosure-receipt': parseDisclosureReceipt,
  'deletion-receipt': parseDeletionReceipt,
  'audit-root': parseAuditRootStatement,
  coverage: parseCoverageStatement,
  appeal: parseAppealStatement,
  settlement: parseSettlementStatement,
} as const;

export type SignedKind = keyof typeof signedPayloads;
export type SignedPayload<K extends SignedKind> = Parsed<(typeof signedPayloads)[K]>;
