import type { SignedData } from '../msp/identity';
import { concat } from '../proto/bytes';
import { readPrivateSets, writePrivateSets } from '../proto/private-set';
import type { Ledger } from '../store/ledger';
import { bytesField, numberField } from './wire-fields';

/**
 * Serialized peer.BlockAndPrivateData: the block and the private sets that this peer stores of it, those of member-only collections only for
 * members (core/peer/deliverevents.go). The newest definition of a collection decides.
 */
export function newBlockAndPrivateData(
  ledger: Ledger,
  mspId: string,
  block: { readonly number: number; readonly bytes: Uint8Array },
  reader: SignedData,
): Uint8Array {
  const stored = ledger.peer(mspId)?.privateDataOf(block.number) ?? new Map<number, Uint8Array>();
  const entries = [...stored].flatMap(([index, sets]) => {
    const visible = visibleSets(ledger, mspId, sets, reader);
    return visible.length === 0 ? [] : [bytesField(2, concat(numberField(1, index), bytesField(2, writePrivateSets(visible))))];
  });
  return concat(bytesField(1, block.bytes), ...entries);
}

function visibleSets(ledger: Ledger, mspId: string, bytes: Uint8Array, reader: SignedData): ReturnType<typeof readPrivateSets> {
  const snapshot = ledger.peer(mspId)?.snapshot();
  if (snapshot === undefined) return [];
  try {
    return readPrivateSets(bytes).filter(({ namespace, collection }) => {
      const definition = ledger.collection(snapshot.state, namespace, collection);
      if (definition === undefined) return false;
      return !definition.memberOnlyRead || ledger.channel.policies.evaluateEnvelope(definition.memberPolicy, [reader]).satisfied;
    });
  } finally {
    snapshot.release();
  }
}
