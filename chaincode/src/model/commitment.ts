import { parseBase64url } from './encoding/base64url';
import { formatCanonical } from './encoding/canonical-json';
import { formatUtf8 } from './encoding/utf8';
import type { Ask } from './ask';
import type { ConsentDocument } from './consent-document';
import type { DelegationOpening } from './delegation';
import type { Digest, RecordId, Salt, SubjectRef } from './identifiers';
import type { AdjudicationDocument } from './claims/adjudication-document';
import type { Accumulators } from './claims/accumulators';
import type { AppealPaper } from './claims/appeal';
import type { ClaimBody } from './claims/claim-body';
import type { CoverageDocument } from './claims/coverage-document';
import type { PaymentDocument, SettlementDocument } from './claims/settlement-document';
import type { Obligation } from './obligation';

/** What a commitment is to; the domain keeps a value of one kind from being opened as another. */
export const commitmentDomains = {
  subject: 'medaccord/subject',
  payload: 'medaccord/payload',
  details: 'medaccord/details',
  dataKey: 'medaccord/data-key',
  consentDocument: 'medaccord/consent-document',
  binding: 'medaccord/binding',
  ask: 'medaccord/ask',
  records: 'medaccord/records',
  delegation: 'medaccord/delegation',
  unit: 'medaccord/unit',
  protocol: 'medaccord/protocol',
  recipient: 'medaccord/recipient',
  coverage: 'medaccord/coverage',
  claim: 'medaccord/claim',
  adjudication: 'medaccord/adjudication',
  used: 'medaccord/used',
  appeal: 'medaccord/appeal',
  opinion: 'medaccord/appeal-opinion',
  settlement: 'medaccord/settlement',
  payment: 'medaccord/payment',
} as const;
export type CommitmentDomain = (typeof commitmentDomains)[keyof typeof commitmentDomains];

/** The version of a record that a decision releases. */
export interface RecordVersion {
  readonly recordId: RecordId;
  readonly version: number;
}

/** A released record version with what whoever receives it must keep to. */
export interface ReleasedRecord extends RecordVersion {
  readonly obligations: readonly Obligation[];
}

/**
 * The bytes whose SHA-256 is a commitment: utf8(domain) || 0x00 || salt (16 bytes) || bytes. Hashing is the caller's.
 *
 * @throws TypeError when the salt is not 16 bytes.
 */
export function commitmentPreimage(domain: CommitmentDomain, salt: Salt, bytes: Uint8Array): Uint8Array {
  const saltBytes = parseBase64url(salt);
  if (saltBytes?.length !== 16) throw new TypeError('a salt has 16 bytes');
  const domainBytes = formatUtf8(domain);
  const preimage = new Uint8Array(domainBytes.length + 1 + saltBytes.length + bytes.length);
  preimage.set(domainBytes, 0);
  preimage.set(saltBytes, domainBytes.length + 1);
  preimage.set(bytes, domainBytes.length + 1 + saltBytes.length);
  return preimage;
}

/** Anchor.subject: whose record it is. */
export function subjectPreimage(subjectRef: SubjectRef, salt: Salt): Uint8Array {
  return commitmentPreimage(commitmentDomains.subject, salt, formatUtf8(subjectRef));
}

/** Anchor.details: the canonical text of the record's details. */
export function detailsPreimage(detailsText: string, salt: Salt): Uint8Array {
  return commitmentPreimage(commitmentDomains.details, salt, formatUtf8(detailsText));
}

/** Anchor.payload: the resource exactly as it was encrypted. */
export function payloadPreimage(payload: Uint8Array, salt: Salt): Uint8Array {
  return commitmentPreimage(commitmentDomains.payload, salt, payload);
}

/** Anchor.dataKey: the 32 bytes of the data key; AES-GCM alone opens under two keys. */
export function dataKeyPreimage(dataKey: Uint8Array, salt: Salt): Uint8Array {
  return commitmentPreimage(commitmentDomains.dataKey, salt, dataKey);
}

/** Consent header.document: the document's canonical text under the salt that stands in it. */
export function consentDocumentPreimage(document: ConsentDocument): Uint8Array {
  return commitmentPreimage(commitmentDomains.consentDocument, document.salt, formatUtf8(formatCanonical(document)));
}

/** Relation.binding: the compact JWS of the binding under the salt that stands in its payload. */
export function bindingPreimage(bindingJws: string, salt: Salt): Uint8Array {
  return commitmentPreimage(commitmentDomains.binding, salt, formatUtf8(bindingJws));
}

/** Request.ask: the canonical text of what is asked for under the salt that stands in it. */
export function askPreimage(ask: Ask): Uint8Array {
  return commitmentPreimage(commitmentDomains.ask, ask.salt, formatUtf8(formatCanonical(ask)));
}

/** Grant.opening: the opening's canonical text under the salt that stands in it. */
export function delegationPreimage(opening: DelegationOpening): Uint8Array {
  return commitmentPreimage(commitmentDomains.delegation, opening.salt, formatUtf8(formatCanonical(opening)));
}

/** Decision.records and Redisclosure.records: canonical [[recordId, version, obligations], ...] in their order. */
export function recordsPreimage(records: readonly ReleasedRecord[], salt: Salt): Uint8Array {
  const rows = records.map(({ recordId, version, obligations }) => [recordId, version, obligations]);
  return commitmentPreimage(commitmentDomains.records, salt, formatUtf8(formatCanonical(rows)));
}

/** Request.breakGlass.unit: the department that declares an emergency, or null when its organisation attests none. */
export function unitPreimage(department: string | null, salt: Salt): Uint8Array {
  return commitmentPreimage(commitmentDomains.unit, salt, formatUtf8(formatCanonical(department)));
}

/** Study.protocol: the SHA-256 of the protocol, of which only those who have it and the salt learn which study it is. */
export function protocolPreimage(protocol: Digest, salt: Salt): Uint8Array {
  return commitmentPreimage(commitmentDomains.protocol, salt, formatUtf8(protocol));
}

/** Redisclosure.recipient: whom the records were passed on to, in words. */
export function recipientPreimage(recipient: string, salt: Salt): Uint8Array {
  return commitmentPreimage(commitmentDomains.recipient, salt, formatUtf8(recipient));
}

/** Coverage.document: the terms' canonical text under the salt that stands in it. */
export function coveragePreimage(document: CoverageDocument): Uint8Array {
  return commitmentPreimage(commitmentDomains.coverage, document.salt, formatUtf8(formatCanonical(document)));
}

/** Claim.body: the body's canonical text under the salt that stands in it. */
export function claimPreimage(body: ClaimBody): Uint8Array {
  return commitmentPreimage(commitmentDomains.claim, body.salt, formatUtf8(formatCanonical(body)));
}

/** Adjudication.document: the document's canonical text under the salt that stands in it. */
export function adjudicationPreimage(document: AdjudicationDocument): Uint8Array {
  return commitmentPreimage(commitmentDomains.adjudication, document.salt, formatUtf8(formatCanonical(document)));
}

/** Appeal.grounds: the paper's canonical text under the salt that stands in it. */
export function groundsPreimage(paper: AppealPaper): Uint8Array {
  return commitmentPreimage(commitmentDomains.appeal, paper.salt, formatUtf8(formatCanonical(paper)));
}

/** AppealDecision.opinion: likewise. */
export function opinionPreimage(paper: AppealPaper): Uint8Array {
  return commitmentPreimage(commitmentDomains.opinion, paper.salt, formatUtf8(formatCanonical(paper)));
}

/** Accumulator.used: what a coverage has used, under the salt of the newest adjudication's document. */
export function usedPreimage(used: Accumulators, salt: Salt): Uint8Array {
  return commitmentPreimage(commitmentDomains.used, salt, formatUtf8(formatCanonical(used)));
}

/** Settlement.document: the document's canonical text under the salt that stands in it. */
export function settlementPreimage(document: SettlementDocument): Uint8Array {
  return commitmentPreimage(commitmentDomains.settlement, document.salt, formatUtf8(formatCanonical(document)));
}

/** Payment.document: the document's canonical text under the salt that stands in it. */
export function paymentPreimage(document: PaymentDocument): Uint8Array {
  return commitmentPreimage(commitmentDomains.payment, document.salt, formatUtf8(formatCanonical(document)));
}
