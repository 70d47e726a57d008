import { integer, list, nullable, object, opaque, optional, text, type Parsed } from './encoding/parser';
import { parseAccumulators } from './claims/accumulators';
import { MAX_SETTLED } from './claims/settlement-document';
import { parseDigest, parseRecordId, parseSalt } from './identifiers';
import { parseObligations } from './obligation';
import { MAX_BATCH, MAX_CLAIMS, MAX_RELEASE, MAX_SEALED_VALUES } from './request';

// Transient data: one field, `input`, JSON text. It reaches the endorsing organisations only and never a block.

/** The name of the transient field. */
export const TRANSIENT_FIELD = 'input';
/** Longest stored record, in characters of its envelope: 16 MiB. */
const MAX_RECORD = 16 * 1024 * 1024;
/** Longest other envelope, in characters: 32 MiB for a delivery, 1 MiB for the rest. */
const MAX_DELIVERY = 32 * 1024 * 1024;
const MAX_SEALED = 1024 * 1024;
/** Longest document of an adjudication, and its envelope. */
const MAX_DOCUMENT = 8 * 1024 * 1024;

const version = integer(1, 1_000_000);
const sealed = opaque(MAX_SEALED);

/** The transient input of the transactions that have one, by name. Envelopes are the texts that are stored, byte for byte. */
export const transientInputs = {
  StoreRecords: object({
    /** Canonical texts of what the custodian keeps of a record: payload, details and data key, each sealed. */
    records: list(object({ recordId: parseRecordId, version, envelope: opaque(MAX_RECORD) }), 1, MAX_BATCH),
  }),
  DecideRelease: object({
    /** Canonical text of the consent document; its salt stands in it. Left out where the consent is revoked, or where in a declared emergency none arrived. */
    document: optional(opaque(MAX_SEALED)),
    /** Canonical text of what was asked for and by whom; its salt stands in it. */
    ask: opaque(65_536),
    /** Canonical text of the delegation's opening where a delegate signed the consent; its salt stands in it. */
    delegation: optional(opaque(8192)),
    /** Compact JWS of the binding; its salt stands in its payload. */
    binding: text(/^[A-Za-z0-9_.-]{1,8192}$/, 'a compact JWS'),
    records: list(
      object({ recordId: parseRecordId, version, subjectSalt: parseSalt, details: opaque(65_536), detailsSalt: parseSalt }),
      1,
      MAX_RELEASE,
    ),
    /** Where a claim proves a payment: what shows which records it needs. */
    payment: optional(
      object({
        /** Canonical text of the claim's body; its salt stands in it. */
        claim: opaque(MAX_SEALED),
        /** Canonical text of the terms of the coverage's newest version; its salt stands in it. */
        coverage: opaque(65_536),
        coverageVersion: version,
        /** Of the plan that decides the claim. */
        planVersion: version,
      }),
    ),
    /** Salt of the commitment to the released records, versions and obligations. */
    recordsSalt: parseSalt,
    /** The custodian's signed receipt of what is released. */
    receipt: text(/^[A-Za-z0-9_.-]{1,8192}$/, 'a compact JWS'),
    /** The opening sealed to custodian and counterparty, the notice sealed to the patient. */
    sealed: object({ custodian: sealed, counterparty: sealed, patient: sealed }),
  }),
  RefuseAccess: object({ notice: sealed }),
  DeliverRecords: object({ envelope: opaque(MAX_DELIVERY) }),
  RecordRedisclosure: object({
    /** All records of the release, and which of them were passed on, by their places. */
    records: list(object({ recordId: parseRecordId, version, obligations: parseObligations }), 1, MAX_RELEASE),
    recordsSalt: parseSalt,
    redisclosed: list(integer(0, MAX_RELEASE - 1), 1, MAX_RELEASE),
    /** Whose relation it is. */
    binding: text(/^[A-Za-z0-9_.-]{1,8192}$/, 'a compact JWS'),
    /** The opening: whom they were passed on to, and which records. */
    sealed: object({ custodian: sealed, counterparty: sealed, patient: sealed }),
  }),
  /** The claim's body, sealed to the hospital. */
  SubmitClaim: object({ envelope: sealed }),
  AdjudicateClaims: object({
    /** Canonical text of the coverage's terms; its salt stands in it. */
    coverage: opaque(65_536),
    /** Compact JWS of the relation's binding: whose records they must be. */
    binding: text(/^[A-Za-z0-9_.-]{1,8192}$/, 'a compact JWS'),
    /** Opens what was used before the first of these claims; null before the coverage's first adjudication. */
    used: nullable(object({ used: parseAccumulators, salt: parseSalt })),
    /** Canonical texts of the documents of the preauthorizations that the claims draw on. */
    preauthorizations: list(opaque(MAX_SEALED), 0, 1000),
    /** In the order of the request, which is that of their adjudication. */
    claims: list(
      object({
        /** Canonical text of the claim's body. */
        body: opaque(MAX_SEALED),
        /** Canonical text of the newest adjudication's document that stands, of which the claim's use is taken back. */
        previous: optional(opaque(MAX_DOCUMENT)),
        /** Canonical text of the adjudication's document. */
        document: opaque(MAX_DOCUMENT),
        /** The document sealed to the insurer: stored at once. */
        envelope: opaque(MAX_DOCUMENT),
        /** SHA-256 of the document sealed to the hospital and to the patient: stored after it, in the hospital's collection. */
        hospital: parseDigest,
        patient: parseDigest,
      }),
      1,
      MAX_CLAIMS,
    ),
  }),
  ProposeSettlement: object({
    /** Canonical text of the statement's document. */
    document: opaque(MAX_DOCUMENT),
    /** For each of its claims, in their order: canonical texts of the adjudications that it names. */
    claims: list(object({ document: opaque(MAX_DOCUMENT), after: optional(opaque(MAX_DOCUMENT)) }), 1, MAX_SETTLED),
    sealed: object({ hospital: opaque(MAX_DOCUMENT), insurer: opaque(MAX_DOCUMENT) }),
  }),
  SignSettlement: object({ document: opaque(MAX_DOCUMENT) }),
  NotifyPayment: object({
    /** Canonical text of the payment's document, and of that of its statement. */
    document: sealed,
    settlement: opaque(MAX_DOCUMENT),
    sealed: object({ hospital: sealed, insurer: sealed }),
  }),
  /** In the order of the request. */
  StoreSealed: object({ envelopes: list(opaque(MAX_DOCUMENT), 1, MAX_SEALED_VALUES) }),
} as const;

export type TransientName = keyof typeof transientInputs;
export type TransientInput<N extends TransientName> = Parsed<(typeof transientInputs)[N]>;
