import { text, type Parser } from './encoding/parser';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A patient at one custodian: random, 128 bits or more. */
export type SubjectRef = Branded<'SubjectRef'>;
/** A relation between a patient's custodian and one counterparty: random, 128 bits or more. */
export type RelationRef = Branded<'RelationRef'>;
export type RecordId = Branded<'RecordId'>;
/** Records that came in one FHIR transaction. */
export type GroupId = Branded<'GroupId'>;
/** A request for access; derived by its gateway from organisation and idempotency key. */
export type RequestId = Branded<'RequestId'>;
/** A custodian's referral in one relation; random. */
export type ReferralId = Branded<'ReferralId'>;
/** A claim in one relation; random. */
export type ClaimId = Branded<'ClaimId'>;
/** A coverage in one relation; random. */
export type CoverageId = Branded<'CoverageId'>;
/** A statement of hospital and insurer; random. */
export type SettlementId = Branded<'SettlementId'>;
/** An approved study; random. */
export type StudyId = Branded<'StudyId'>;
/** A redisclosure; derived by its gateway from organisation and idempotency key. */
export type RedisclosureId = Branded<'RedisclosureId'>;
/** The end of an assisted consent; derived by its gateway from organisation and idempotency key. */
export type EndId = Branded<'EndId'>;
/** A look at a consent, as the consulting gateway numbers it: random. */
export type ConsultationId = Branded<'ConsultationId'>;
/** An organisation's audit log: random. */
export type AuditLogId = Branded<'AuditLogId'>;
/** A member of the consortium, by the id of its membership service provider. */
export type MspId = Branded<'MspId'>;
/** A pseudonym of a person or service that acted for a member. */
export type Actor = Branded<'Actor'>;
/** base64url(SHA-256(domain, salt, bytes)), see commitment.ts. */
export type Commitment = Branded<'Commitment'>;
/** base64url(SHA-256(bytes)). */
export type Digest = Branded<'Digest'>;
/** 16 random bytes, base64url. */
export type Salt = Branded<'Salt'>;

const REFERENCE = /^[A-Za-z0-9_-]{22,64}$/;
// The last character of 32 bytes holds four bits, that of 16 bytes two: other spellings would be second names of the same bytes.
const BYTES_32 = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
const BYTES_16 = /^[A-Za-z0-9_-]{21}[AQgw]$/;

const reference = <T extends string>(): Parser<T> => text<T>(REFERENCE, '22 to 64 base64url characters');
const hash = <T extends string>(): Parser<T> => text<T>(BYTES_32, '32 bytes in base64url');

export const parseSubjectRef = reference<SubjectRef>();
export const parseRelationRef = reference<RelationRef>();
export const parseRecordId = reference<RecordId>();
export const parseGroupId = reference<GroupId>();
export const parseRequestId = reference<RequestId>();
export const parseReferralId = reference<ReferralId>();
export const parseClaimId = reference<ClaimId>();
export const parseCoverageId = reference<CoverageId>();
export const parseSettlementId = reference<SettlementId>();
export const parseStudyId = reference<StudyId>();
export const parseRedisclosureId = reference<RedisclosureId>();
export const parseEndId = reference<EndId>();
export const parseConsultationId = reference<ConsultationId>();
export const parseAuditLogId = reference<AuditLogId>();
export const parseMspId = text<MspId>(/^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/, 'the id of a membership service provider');
export const parseActor = hash<Actor>();
export const parseCommitment = hash<Commitment>();
export const parseDigest = hash<Digest>();
export const parseSalt = text<Salt>(BYTES_16, '16 bytes in base64url');
