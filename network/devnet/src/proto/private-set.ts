import { ledger } from '@hyperledger/fabric-protos';
import { decode } from './wire';

const { rwset } = ledger;

/** The private writes of one collection: rwset is a serialized kvrwset.KVRWSet, whose sha256 the transaction names. */
export interface PrivateSet {
  readonly namespace: string;
  readonly collection: string;
  readonly rwset: Uint8Array;
}

/** Reads a serialized rwset.TxPvtReadWriteSet. @throws MalformedMessage */
export function readPrivateSets(bytes: Uint8Array): readonly PrivateSet[] {
  const message = decode(rwset.TxPvtReadWriteSet, bytes, { messages: { 2: { strings: [1], messages: { 2: { strings: [1] } } } } });
  return message
    .getNsPvtRwsetList()
    .flatMap((ns) =>
      ns
        .getCollectionPvtRwsetList()
        .map((set) => ({ namespace: ns.getNamespace(), collection: set.getCollectionName(), rwset: set.getRwset_asU8() })),
    );
}

/** Serialized rwset.TxPvtReadWriteSet. Sets of one namespace must follow each other. */
export function writePrivateSets(sets: readonly PrivateSet[]): Uint8Array {
  const message = new rwset.TxPvtReadWriteSet();
  let current: ledger.rwset.NsPvtReadWriteSet | undefined;
  for (const set of sets) {
    if (current?.getNamespace() !== set.namespace) {
      current = message.addNsPvtRwset(new rwset.NsPvtReadWriteSet());
      current.setNamespace(set.namespace);
    }
    const entry = current.addCollectionPvtRwset(new rwset.CollectionPvtReadWriteSet());
    entry.setCollectionName(set.collection);
    entry.setRwset(set.rwset);
  }
  return message.serializeBinary();
}
