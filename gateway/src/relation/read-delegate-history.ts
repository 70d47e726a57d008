import {
  askRef,
  decisionRef,
  findGrant,
  findProblemOfDelegate,
  formatInstant,
  redisclosureRef,
  type AccessRequest,
  type Category,
  type Decision,
  type MspId,
  type RecordVersion,
  type Redisclosure,
  type RelationEntry,
  type SealedRef,
} from '@medaccord/chaincode/model';
import { newError, readCode } from '../problem';
import type { SealedReader } from '../sealed/sealed-reader';
import { listDelegations, type ClinicalIndex, type Facts } from '../store';
import { openDelegation } from './open-delegation';
import { readHistory, type HistoryEntry } from './read-history';
import { assertLiving } from './read-subject';
import { showToDelegate, type Shown } from './shown-to-delegate';

export interface DelegateHistoryOptions {
  readonly mspId: MspId;
  readonly facts: Facts;
  readonly sealed: SealedReader;
  readonly index: Pick<ClinicalIndex, 'findVersion'>;
}

/**
 * The history as a delegate may read it, at the custodian alone: nobody else knows what is withheld. A request that was for nothing but what
 * is withheld, or that released nothing else, is left out with all that answers it; where a part of it is, the counts are those of the rest.
 * What cannot be opened is left out.
 *
 * @throws CodedError NOT_THE_CUSTODIAN, ROLE_NOT_ALLOWED, DELEGATION_NOT_READY, PATIENT_DECEASED
 */
export async function readDelegateHistory(
  options: DelegateHistoryOptions,
  relation: RelationEntry,
  delegation: number,
): Promise<readonly HistoryEntry[]> {
  const { facts, sealed, mspId } = options;
  const withheld = await readWithheld(options, relation, delegation);
  const shown = await findShown(options, relation, withheld);
  const entries = await readHistory(facts, sealed, mspId, relation.relationRef);
  return entries.flatMap((entry) => showToDelegate(entry, shown) ?? []);
}

async function findShown(options: DelegateHistoryOptions, relation: RelationEntry, withheld: readonly Category[]): Promise<Shown> {
  const { facts } = options;
  const { relationRef, counterparty } = relation;
  const hidden = new Set<string>();
  const [released, passedOn] = [new Map<string, number>(), new Map<string, number>()];
  const decisions = facts.list<Decision>('decision', relationRef).map(({ value }) => value);
  for (const { value: request } of facts.list<AccessRequest>('request', relationRef)) {
    // A member that is no party sealed no ask here: nothing was released to it, and nothing it asked for is known.
    if (request.by.mspId !== counterparty) continue;
    const decision = decisions.find((one) => one.requestId === request.requestId && one.requester === counterparty);
    const count = withheld.length === 0 ? (decision?.count ?? 0) : await countShown(options, { request, decision }, withheld);
    if (count === undefined) hidden.add(request.requestId);
    else released.set(request.requestId, count);
  }
  for (const { value } of facts.list<Redisclosure>('redisclosure', relationRef)) {
    const ref = redisclosureRef(relationRef, value.redisclosureId);
    const count = withheld.length === 0 ? value.count : await countKnown(options, ref, withheld);
    if (count !== undefined) passedOn.set(value.redisclosureId, count);
  }
  return { hidden, released, passedOn };
}

async function readWithheld(
  { facts, sealed, mspId }: DelegateHistoryOptions,
  relation: RelationEntry,
  delegation: number,
): Promise<readonly Category[]> {
  if (relation.custodian !== mspId) throw newError('NOT_THE_CUSTODIAN', 'A delegate reads the history at the custodian');
  const chain = listDelegations(facts, relation.relationRef);
  const grant = findGrant(chain, delegation);
  const problem = findProblemOfDelegate(chain, { delegation, power: 'history', at: formatInstant(Date.now()) });
  if (grant === undefined || problem !== undefined)
    throw newError('ROLE_NOT_ALLOWED', 'This delegation does not let its holder read the history');
  await assertLiving(facts, sealed, relation);
  const opening = await openDelegation(sealed, grant);
  if (opening === undefined)
    throw newError('DELEGATION_NOT_READY', 'What this delegation withholds has not arrived at the custodian; ask again');
  return opening.withheld;
}

interface Asked {
  readonly request: AccessRequest;
  readonly decision: Decision | undefined;
}

/** How many released records of a request a delegate may know of; nothing when the request itself is withheld. */
async function countShown(
  options: DelegateHistoryOptions,
  { request, decision }: Asked,
  withheld: readonly Category[],
): Promise<number | undefined> {
  const { relationRef, requestId } = request;
  const ask = await openJson<{ readonly categories: readonly Category[] }>(options.sealed, askRef(relationRef, requestId));
  const hidden = ask?.categories.filter((category) => withheld.includes(category)).length;
  if (ask === undefined || hidden === ask.categories.length) return undefined;
  // One that may still be left out is not shown before it is decided.
  if (decision === undefined) return hidden === 0 ? 0 : undefined;
  return decision.outcome === 'released' ? countKnown(options, decisionRef(relationRef, requestId), withheld) : 0;
}

/** How many of the records that were sealed under a name may be known; nothing when none may. */
async function countKnown(
  { sealed, index }: DelegateHistoryOptions,
  ref: SealedRef,
  withheld: readonly Category[],
): Promise<number | undefined> {
  const opening = await openJson<{ readonly records: readonly RecordVersion[] }>(sealed, ref);
  const known = (opening?.records ?? []).filter(({ recordId, version }) => {
    const category = index.findVersion(recordId, version)?.category;
    return category !== undefined && !withheld.includes(category);
  });
  return known.length === 0 ? undefined : known.length;
}

/** What this organisation's own gateway, or the counterparty's, sealed to it. */
async function openJson<T>(sealed: SealedReader, ref: SealedRef): Promise<T | undefined> {
  try {
    const text = await sealed.openText(ref);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  } catch (error) {
    if (error instanceof SyntaxError || readCode(error) === 'DECRYPT_FAILED') return undefined;
    throw error;
  }
}
