import {
  askRef,
  decisionRef,
  findGrant,
  findProblemOfDelegate,
  formatInstant,
  type AccessRequest,
  type Category,
  type Decision,
  type MspId,
  type RecordVersion,
  type RelationEntry,
} from '@medaccord/chaincode/model';
import { newError, readCode } from '../problem';
import type { SealedReader } from '../sealed/sealed-reader';
import { listDelegations, type ClinicalIndex, type Facts } from '../store';
import { openDelegation } from './open-delegation';
import { readHistory, type HistoryEntry } from './read-history';
import { assertLiving } from './read-subject';

export interface DelegateHistoryOptions {
  readonly mspId: MspId;
  readonly facts: Facts;
  readonly sealed: SealedReader;
  readonly index: Pick<ClinicalIndex, 'findVersion'>;
}

/** What a delegate is shown; kinds that are not named here are the patient's alone. */
const shownKinds: readonly HistoryEntry['kind'][] = ['relation', 'consent', 'request', 'decision', 'delivery'];

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
  const { relationRef } = relation;
  const withheld = await readWithheld(options, relation, delegation);
  const entries = await readHistory(facts, sealed, mspId, relationRef);
  const requests = facts.list<AccessRequest>('request', relationRef).map(({ value }) => value);
  const decisions = facts.list<Decision>('decision', relationRef).map(({ value }) => value);
  const counts = new Map<string, number>();
  for (const request of requests) {
    const decision = decisions.find((one) => one.requestId === request.requestId && one.requester === request.by.mspId);
    const all = decision?.count ?? 0;
    const count = withheld.length === 0 ? all : await countShown(options, { relation, request, decision }, withheld);
    if (count !== undefined) counts.set(request.requestId, count);
  }
  return entries.flatMap((entry): readonly HistoryEntry[] => {
    if (!shownKinds.includes(entry.kind)) return [];
    if (!('requestId' in entry)) return [entry];
    const count = counts.get(entry.requestId);
    if (count === undefined) return [];
    if (entry.kind === 'decision') return [{ ...entry, records: count, notice: null }];
    // The number of parts would tell of the records that are left out.
    return entry.kind === 'delivery' ? (entry.part === 1 ? [{ ...entry, parts: 1 }] : []) : [entry];
  });
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
  readonly relation: RelationEntry;
  readonly request: AccessRequest;
  readonly decision: Decision | undefined;
}

/** How many released records of a request a delegate may know of; nothing when the request itself is withheld. */
async function countShown(options: DelegateHistoryOptions, asked: Asked, withheld: readonly Category[]): Promise<number | undefined> {
  const { relation, request, decision } = asked;
  // A member that is no party sealed no ask here: nothing was released to it, and nothing it asked for is known.
  if (request.by.mspId !== relation.counterparty) return 0;
  const ask = await openJson<{ readonly categories: readonly Category[] }>(options.sealed, askRef(request.relationRef, request.requestId));
  const hidden = ask?.categories.filter((category) => withheld.includes(category)).length;
  if (ask === undefined || hidden === ask.categories.length) return undefined;
  // One that may still be left out is not shown before it is decided.
  if (decision === undefined) return hidden === 0 ? 0 : undefined;
  return decision.outcome === 'released' ? countReleased(options, request, withheld) : 0;
}

/** How many of the released records may be known; nothing when none may. */
async function countReleased(
  { sealed, index }: DelegateHistoryOptions,
  { relationRef, requestId }: AccessRequest,
  withheld: readonly Category[],
): Promise<number | undefined> {
  const opening = await openJson<{ readonly records: readonly RecordVersion[] }>(sealed, decisionRef(relationRef, requestId));
  const shown = (opening?.records ?? []).filter(({ recordId, version }) => {
    const category = index.findVersion(recordId, version)?.category;
    return category !== undefined && !withheld.includes(category);
  });
  return shown.length === 0 ? undefined : shown.length;
}

/** What this organisation's own gateway, or the counterparty's, sealed to it. */
async function openJson<T>(sealed: SealedReader, ref: Parameters<SealedReader['openText']>[0]): Promise<T | undefined> {
  try {
    const text = await sealed.openText(ref);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  } catch (error) {
    if (error instanceof SyntaxError || readCode(error) === 'DECRYPT_FAILED') return undefined;
    throw error;
  }
}
