import { hex, sha256 } from '../proto/bytes';
import type { PrivateSet } from '../proto/private-set';
import { selectPrivateSets } from '../simulation/read-write-set';
import type { Simulation } from '../simulation/simulation';
import type { Ledger } from '../store/ledger';

export interface Distribution {
  readonly ledger: Ledger;
  readonly simulation: Simulation;
  readonly sets: readonly PrivateSet[];
  /** Whether an organisation's peer can be reached. */
  readonly isUp: (mspId: string) => boolean;
}

/**
 * Fabric refuses to endorse what it cannot give to enough other members (gossip/privdata/distributor.go).
 * @returns the text of the refusal.
 */
export function refusalToDistribute({ ledger, simulation, sets, isUp }: Distribution, endorser: string): string | undefined {
  for (const { namespace, collection } of sets) {
    const { requiredPeerCount = 0, memberMsps = [] } = simulation.collection(namespace, collection) ?? {};
    const eligible = memberMsps.filter((mspId) => mspId !== endorser && ledger.peer(mspId) !== undefined && isUp(mspId)).length;
    if (eligible >= requiredPeerCount) continue;
    const shortage = `required to disseminate to at least ${String(requiredPeerCount)} peers, but know of only ${String(eligible)} eligible peers`;
    return `could not build private data dissemination plan for chaincode ${namespace} and collection ${collection}: ${shortage}`;
  }
  return undefined;
}

/**
 * Hands each member's peer the plain values of its collections, to be stored when the transaction commits. Peers that are down get theirs
 * too: on Fabric they would fetch them later.
 * @param staged what this proposal has handed out already: endorsers that agree do it once.
 */
export function stagePrivateSets({ ledger, simulation, sets }: Distribution, txId: string, staged: Set<string>): void {
  for (const { mspId } of ledger.channel.members) {
    const peer = ledger.peer(mspId);
    const mine = selectPrivateSets(sets, ({ namespace, collection }) => isMember(simulation, namespace, collection, mspId));
    if (peer === undefined || mine === undefined) continue;
    const mark = `${mspId} ${hex(sha256(mine))}`;
    if (!staged.has(mark)) peer.stage(txId, mine);
    staged.add(mark);
  }
}

function isMember(simulation: Simulation, namespace: string, collection: string, mspId: string): boolean {
  return simulation.collection(namespace, collection)?.memberMsps.includes(mspId) ?? false;
}
