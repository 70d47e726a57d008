import {
  decideAccess,
  nextChangeOf,
  parseJson,
  parseRecordDetails,
  recordStatusKey,
  type AccessDecision,
  type AccessQuestion,
  type Assistance,
  type Category,
  type ConsentDocument,
  type ConsentEntry,
  type Instant,
  type MspId,
  type Organisation,
  type PatientEntry,
  type ProofFacts,
  type Purpose,
  type RecordId,
  type RecordStatus,
  type RelationEntry,
  type RequestingPerson,
  type Rules,
} from '@medaccord/chaincode/model';
import type { Transactions } from '../ledger/transactions';
import { newError } from '../problem';
import { findPatient, isByDelegate, readRelationTexts, type SealedTexts } from '../release/gather';
import { isConsentSigned, openBinding, openDocument, openWithheld, unknownRecord } from '../release/judge';
import { readAssistance } from '../release/read-assistance';
import type { NoticeReason } from '../release/openings';
import type { SealedReader } from '../sealed/sealed-reader';
import { isDeceased, listDelegations, type ClinicalIndex, type Facts, type IndexedRecord } from '../store';

export interface StandingOptions {
  readonly mspId: MspId;
  readonly facts: Facts;
  readonly index: ClinicalIndex;
  readonly sealed: SealedReader;
  readonly transactions: Pick<Transactions, 'evaluate'>;
}

export type RuledRecord = AccessQuestion['record'];

/** All that a decision in one relation rests on, except who asks for what: public facts, and what was sealed to this organisation, verified. */
export interface Standing {
  readonly relation: RelationEntry;
  /** The newest version that the patient signed. */
  readonly consent: Pick<ConsentEntry, 'relationRef' | 'version' | 'status' | 'validity'>;
  readonly document: ConsentDocument | undefined;
  /** Of an assisted consent. */
  readonly assistance: Assistance | undefined;
  readonly rules: Rules;
  /** Whose relation it is; undefined without a valid binding. */
  readonly subjectRef: string | undefined;
  /** Of her, whether she is held; of nobody, nothing. */
  readonly patient: Pick<PatientEntry, 'hold'>;
  readonly isDeceased: boolean;
  /** From the delegate who signed the document, as the custodian knows; nothing is known to others. */
  readonly withheld: readonly Category[];
  /** What denies whatever is asked, beside the rule. */
  readonly against: NoticeReason | undefined;
  /** Something that was sealed to this organisation has not arrived: it may come without any further public entry. */
  readonly isWaiting: boolean;
}

export interface Ruling extends Omit<AccessDecision, 'reason'> {
  readonly reason: NoticeReason;
}

/** @throws CodedError RELATION_UNKNOWN, READ_MODEL_STALE */
export async function loadStanding(options: StandingOptions, relationRef: string): Promise<Standing> {
  const { mspId, facts, sealed, transactions } = options;
  const relation = facts.find<RelationEntry>('relation', relationRef)?.value;
  const current = facts.findConsent(relationRef);
  const rules = facts.find<Rules>('rules')?.value;
  if (relation === undefined || current === undefined || rules === undefined)
    throw newError('RELATION_UNKNOWN', 'No such relation is known here');
  const consent = current.signed.value;
  const texts = await readRelationTexts(sealed, consent);
  const isCustodian = relation.custodian === mspId;
  const opened = { ...texts, relation, consent, delegations: listDelegations(facts, relationRef) };
  const binding = await openBinding({ ...opened, findPatient: (subjectRef) => findPatient(facts, subjectRef) });
  return {
    relation,
    consent,
    ...(await openConsent(opened, isCustodian)),
    assistance: await readAssistance(transactions, relation, consent.version),
    rules,
    ...whoseIs(facts, binding?.subjectRef),
    against: reasonAgainst(facts, { relation, isNewest: current.newest === consent.version, isBound: binding !== undefined }),
    isWaiting: isWaiting(texts, consent, isCustodian),
  };
}

/** Where it cannot be known what is withheld from the delegate who signed a document, there is as good as none. */
async function openConsent(
  opened: Parameters<typeof openWithheld>[0] & Parameters<typeof isConsentSigned>[0] & Parameters<typeof openDocument>[0],
  isCustodian: boolean,
): Promise<Pick<Standing, 'document' | 'withheld'>> {
  const withheld = isCustodian ? await openWithheld(opened) : [];
  if (withheld === undefined || !isConsentSigned(opened)) return { document: undefined, withheld: [] };
  return { document: await openDocument(opened), withheld };
}

function isWaiting({ binding, document, delegation }: Omit<SealedTexts, 'ask'>, consent: ConsentEntry, isCustodian: boolean): boolean {
  if (binding === undefined || (document === undefined && consent.document !== null)) return true;
  return isCustodian && isByDelegate(consent) && delegation === undefined;
}

function whoseIs(facts: Facts, subjectRef: string | undefined): Pick<Standing, 'subjectRef' | 'patient' | 'isDeceased'> {
  if (subjectRef === undefined) return { subjectRef, patient: {}, isDeceased: false };
  return { subjectRef, patient: findPatient(facts, subjectRef) ?? {}, isDeceased: isDeceased(facts, subjectRef) };
}

function reasonAgainst(
  facts: Facts,
  { relation, isNewest, isBound }: { readonly relation: RelationEntry; readonly isNewest: boolean; readonly isBound: boolean },
): NoticeReason | undefined {
  const parties = [relation.custodian, relation.counterparty];
  if (parties.some((mspId) => facts.find<Organisation>('organisation', mspId)?.value.status !== 'active')) return 'organisation-suspended';
  if (!isNewest) return 'consent-invalid';
  return isBound ? undefined : 'document-missing';
}

export interface Asked {
  readonly purpose: Purpose;
  readonly person: RequestingPerson;
  /** What the request named; as long as nobody asks, nothing proves payment, research or a referral. */
  readonly proof?: ProofFacts | null;
}

/** What the rule says of one record at an instant. */
export function rule(
  { against, ...standing }: Standing,
  { purpose, person, proof = null }: Asked,
  record: RuledRecord,
  now: Instant,
): Ruling {
  const ruling = decideAccess({ ...standing, proof, now, purpose, person, record });
  return against === undefined ? ruling : { ...ruling, decision: 'deny', reason: against, obligations: [] };
}

/** The first instant after `now` from which on `rule` may say otherwise of the same. */
export function nextRuling(standing: Standing, now: Instant): Instant | null {
  return nextChangeOf(standing, now);
}

/** A record as the rule looks at it. @throws DomainError when its details are not such */
export function detailsOf({ recordId, details }: Pick<IndexedRecord, 'recordId' | 'details'>): RuledRecord {
  return { ...parseJson(parseRecordDetails, details, 'details'), recordId: recordId as RecordId };
}

/** A record of a category of which nothing else is known. */
export function plainRecord(category: Category): RuledRecord {
  return { ...unknownRecord, category };
}

/** Whether a custodian marked its record as entered in error. */
export function isWithdrawn(facts: Facts, custodian: MspId, recordId: string): boolean {
  return facts.findKey<RecordStatus>(recordStatusKey(custodian, recordId as RecordId))?.value.status === 'entered-in-error';
}
