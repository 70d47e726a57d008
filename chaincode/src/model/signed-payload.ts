import { RequestInvalid, distinct, integer, nullable, object, oneOf, optional, table, type Parsed, type Parser } from './encoding/parser';
import { parseCommitment, parseDigest, parseMspId, parseRelationRef, parseSalt, parseSubjectRef } from './identifiers';
import { parseInstant, parsePeriod } from './instant';
import { parseKeys } from './jwk';
import { recoveryStatements } from './recovery';

/** How a person and the keys were bound to each other at registration. */
const bindingMethods = ['custodian', 'second-organisation', 'national-identity'] as const;
export type BindingMethod = (typeof bindingMethods)[number];
export const parseBindingMethod = oneOf(bindingMethods);

/** What a relation is for. Treatment needs `care`. */
export const relationKinds = ['care', 'cover'] as const;
export type RelationKind = (typeof relationKinds)[number];

export const consentStatuses = ['in-force', 'revoked', 'closed'] as const;

/** A patient registers at a custodian; signed by `keys.signing`. */
const parsePatient = object({
  subjectRef: parseSubjectRef,
  custodian: parseMspId,
  keys: parseKeys,
  bound: object({ method: parseBindingMethod }),
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
  issuedAt: parseInstant,
});
/** The public part of a consent; signed by the relation's signing key, or by its recovery key when the status is `closed`. */
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
  audience: parseMspId,
  issuedAt: parseInstant,
  expiresAt: parseInstant,
});
/** A patient's bearer token at one gateway; signed by the relation's or the patient's signing key. Lives 5 minutes at most. */
export type WalletToken = Parsed<typeof parseWalletTokenShape>;

const parseWalletToken: Parser<WalletToken> = (value, place) => {
  const token = parseWalletTokenShape(value, place);
  if ((token.relationRef === undefined) === (token.subjectRef === undefined)) {
    throw new RequestInvalid(place, 'a token with either relationRef or subjectRef');
  }
  return token;
};

/** Every kind of signed payload with its parser. The kind stands in the protected header, `medaccord-<kind>+jws`. */
export const signedPayloads = {
  patient: parsePatient,
  'patient-keys': parsePatientKeys,
  relation: parseRelation,
  binding: parseBinding,
  consent: parseConsent,
  'wallet-token': parseWalletToken,
  ...recoveryStatements,
} as const;

export type SignedKind = keyof typeof signedPayloads;
export type SignedPayload<K extends SignedKind> = Parsed<(typeof signedPayloads)[K]>;
