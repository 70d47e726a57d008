import {
  askRef,
  bindingRef,
  consentDocumentRef,
  delegationRef,
  requestKey,
  type AccessRequest,
  type ConsentEntry,
  type Delegation,
  type Organisation,
  type PatientEntry,
  type RelationEntry,
  type Rules,
} from '@medaccord/chaincode/model';
import { readCode } from '../problem';
import type { SealedReader } from '../sealed/sealed-reader';
import { listDelegations, type Facts, type RequestName } from '../store';
import { findJudging, isUnitBlocked } from './emergency';

/** Public facts about a request, as the read model has them. */
export interface RequestFacts {
  readonly request: AccessRequest;
  readonly relation: RelationEntry;
  /** The newest version that the patient signed; in an emergency the newest with a document. */
  readonly consent: ConsentEntry;
  /** The number whose successor is absent: a later one than the consent's when others wrote over it. */
  readonly newestConsent: number;
  readonly rules: Rules;
  readonly counterparty: Organisation;
  /** Who may act for the patient in the relation. */
  readonly delegations: readonly Delegation[];
  /** A review of the unit that declares this emergency is overdue. */
  readonly isUnitBlocked: boolean;
}

/** What was sealed to the custodian for this request: `undefined` when it has not arrived, empty when it does not open. */
export interface SealedTexts {
  readonly ask: string | undefined;
  readonly binding: string | undefined;
  readonly document: string | undefined;
  /** The opening of the delegation, where a delegate signed the consent. */
  readonly delegation: string | undefined;
}

/** `undefined` as long as something that must precede a decision is not on the ledger. */
export function findRequestFacts(facts: Facts, { relationRef, requester, requestId }: RequestName): RequestFacts | undefined {
  const request = facts.findKey<AccessRequest>(requestKey(relationRef, requester, requestId))?.value;
  const relation = facts.find<RelationEntry>('relation', relationRef)?.value;
  const consent = facts.findConsent(relationRef);
  if (request === undefined) return undefined;
  const found = {
    request,
    relation,
    consent: consent && findJudging(facts, request, consent),
    newestConsent: consent?.newest,
    rules: facts.find<Rules>('rules')?.value,
    delegations: listDelegations(facts, relationRef),
    counterparty: relation && facts.find<Organisation>('organisation', relation.counterparty)?.value,
    isUnitBlocked: isUnitBlocked(facts, request),
  };
  return isWhole(found) ? found : undefined;
}

function isWhole(found: { readonly [K in keyof RequestFacts]: RequestFacts[K] | undefined }): found is RequestFacts {
  return Object.values(found).every((fact) => fact !== undefined);
}

export function findPatient(facts: Facts, subjectRef: string): PatientEntry | undefined {
  return facts.find<PatientEntry>('patient', subjectRef)?.value;
}

export async function readSealedTexts(sealed: SealedReader, { request, consent }: RequestFacts): Promise<SealedTexts> {
  const relationRef = request.relationRef;
  const refs = [askRef(relationRef, request.requestId), bindingRef(relationRef), consentDocumentRef(relationRef, consent.version)];
  if (isByDelegate(consent)) refs.push(delegationRef(relationRef, consent.delegation));
  const [ask, binding, document, delegation] = await Promise.all(refs.map((ref) => openOrNothing(sealed, ref)));
  return { ask, binding, document, delegation };
}

/** What was sealed to this organisation for a relation, whatever is asked: the binding, and for a consent its document and delegation. */
export async function readRelationTexts(sealed: SealedReader, consent: ConsentEntry): Promise<Omit<SealedTexts, 'ask'>> {
  const { relationRef, version } = consent;
  const refs = [bindingRef(relationRef), consentDocumentRef(relationRef, version)];
  if (isByDelegate(consent)) refs.push(delegationRef(relationRef, consent.delegation));
  const [binding, document, delegation] = await Promise.all(refs.map((ref) => openOrNothing(sealed, ref)));
  return { binding, document, delegation };
}

/** Whether a delegate signed a document: what is withheld from that one has to be known beside it. */
export function isByDelegate(consent: ConsentEntry): consent is ConsentEntry & { readonly delegation: number } {
  return consent.delegation !== undefined && consent.document !== null;
}

/** Junk that somebody stored first is as good as nothing, but nothing else will come. */
async function openOrNothing(sealed: SealedReader, ref: Parameters<SealedReader['openText']>[0]): Promise<string | undefined> {
  try {
    return await sealed.openText(ref);
  } catch (error) {
    if (readCode(error) === 'DECRYPT_FAILED') return '';
    throw error;
  }
}
