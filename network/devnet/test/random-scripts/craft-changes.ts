import { peer } from '@hyperledger/fabric-protos';
import type { NodeOu } from '../../src';
import { EMPTY, concat, fromHex, hex, utf8 } from '../../src/proto/bytes';
import { readSerializedIdentity, writeSerializedIdentity, writeSignatureHeader } from '../../src/proto/envelopes';
import type { NamespaceRwSet } from '../../src/proto/rwset';
import { signLowS } from '../../src/proto/signatures';
import type { EditableTransaction } from '../conformance/editable-transaction';
import type { Signer } from '../conformance/re-signed-recording';

export interface CraftContext {
  readonly chaincode: string;
  readonly mspIds: readonly string[];
  readonly member: (mspId: string, role: NodeOu) => Signer;
}

type Change = (transaction: EditableTransaction, context: CraftContext) => void;

const HIGH_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const GARBAGE = fromHex('ffffffffff');

const emptyNamespace = (namespace: string): NamespaceRwSet => ({
  namespace,
  reads: [],
  rangeQueries: [],
  writes: [],
  metadataWrites: [],
  collections: [],
});

/** The set of the called chaincode, which is made where the transaction touched nothing. */
function own(transaction: EditableTransaction, { chaincode }: CraftContext): EditableTransaction['rwset'][number] {
  const found = transaction.rwset.find(({ namespace }) => namespace === chaincode);
  if (found !== undefined) return found;
  const made = { ...emptyNamespace(chaincode) } as EditableTransaction['rwset'][number];
  transaction.rwset.push(made);
  return made;
}

function endorsedBy(select: (context: CraftContext, first: Signer | undefined) => readonly Signer[]): Change {
  return (transaction, context) => {
    transaction.endorsers = [...select(context, transaction.endorsers[0])];
  };
}

function peersOf({ mspIds, member }: CraftContext, ...at: readonly number[]): Signer[] {
  return at.map((index) => member(mspIds[index] ?? '', 'peer'));
}

function other({ mspIds }: CraftContext, { mspId }: Signer): string {
  return mspIds.find((candidate) => candidate !== mspId) ?? '';
}

export function withHighS(signature: Uint8Array): Uint8Array {
  const rLength = signature[3] ?? 0;
  const r = signature.subarray(2, 4 + rLength);
  const s = HIGH_ORDER - BigInt(`0x${hex(signature.subarray(6 + rLength))}`);
  const sBytes = concat(Uint8Array.of(2, 33, 0), fromHex(s.toString(16).padStart(64, '0')));
  return concat(Uint8Array.of(0x30, r.length + sBytes.length), r, sBytes);
}

const ENDORSEMENTS: Readonly<Record<string, Change>> = {
  'endorsed by nobody': endorsedBy(() => []),
  'endorsed by the first alone': endorsedBy((_, first) => (first === undefined ? [] : [first])),
  'endorsed by the first twice': endorsedBy((_, first) => (first === undefined ? [] : [first, first])),
  'endorsed by all': endorsedBy((context) => peersOf(context, 0, 1, 2, 3)),
  'endorsed by the first two': endorsedBy((context) => peersOf(context, 0, 1)),
  'endorsed by the last two': endorsedBy((context) => peersOf(context, 3, 2)),
  'endorsed by clients': endorsedBy(({ mspIds, member }) => mspIds.map((mspId) => member(mspId, 'client'))),
  'endorsed by a peer and an orderer': endorsedBy((context) => [
    ...peersOf(context, 0),
    context.member(context.mspIds[1] ?? '', 'orderer'),
  ]),
  'endorsed by a peer and an admin': endorsedBy((context) => [...peersOf(context, 1), context.member(context.mspIds[0] ?? '', 'admin')]),
  'endorsements with exchanged signatures': ({ bend }) => {
    bend.endorsements = (made) => made.map((each, at) => ({ ...each, signature: made.at(at - 1)?.signature ?? EMPTY }));
  },
  'endorsements without signatures': ({ bend }) => {
    bend.endorsements = (made) => made.map((each) => ({ ...each, signature: EMPTY }));
  },
  'endorsements with high S': ({ bend }) => {
    bend.endorsements = (made) => made.map((each) => ({ ...each, signature: withHighS(each.signature) }));
  },
  'an unreadable endorser first': ({ bend }) => {
    bend.endorsements = (made) => [{ endorser: GARBAGE, signature: EMPTY }, ...made];
  },
  'a wrong signature before the right one': ({ bend }) => {
    bend.endorsements = (made) => made.flatMap((each) => [{ ...each, signature: EMPTY }, each]);
  },
  'an endorser under another organisation': (transaction, context) => {
    transaction.endorsers = transaction.endorsers.map((endorser) => {
      const mspId = other(context, endorser);
      return { ...endorser, identity: writeSerializedIdentity(mspId, readSerializedIdentity(endorser.identity).idBytes) };
    });
  },
  'a result changed after endorsement': ({ bend }) => {
    bend.responsePayload = (payload) => concat(payload, fromHex('1a0161'));
  },
};

const HEADERS: Readonly<Record<string, Change>> = {
  'an id that is not computed': ({ bend, nonce }) => void (bend.txId = () => hex(concat(nonce, nonce)).slice(0, 64)),
  'an id in capitals': ({ bend }) => void (bend.txId = (txId) => txId.toUpperCase()),
  'type 0': ({ header }) => {
    header.setType(0);
  },
  'type 4': ({ header }) => {
    header.setType(4);
  },
  'type 6': ({ header }) => {
    header.setType(6);
  },
  'epoch 1': ({ header }) => {
    header.setEpoch(1);
  },
  'version 1': ({ header }) => {
    header.setVersion(1);
  },
  'no timestamp': ({ header }) => {
    header.clearTimestamp();
  },
  'signed by somebody else': ({ bend }, { member, mspIds }) => {
    bend.envelope = ({ payload }) => ({ payload, signature: signLowS(member(mspIds[0] ?? '', 'peer').key, payload) });
  },
  'signed with high S': ({ bend }) => {
    bend.envelope = ({ payload, signature }) => ({ payload, signature: withHighS(signature) });
  },
  'created by a client of another organisation': (transaction, context) => {
    transaction.creator = context.member(other(context, transaction.creator), 'client');
  },
  'created by an admin': (transaction, { member }) => void (transaction.creator = member(transaction.creator.mspId, 'admin')),
  'created by a peer': (transaction, { member }) => void (transaction.creator = member(transaction.creator.mspId, 'peer')),
  'created by an orderer': (transaction, { member }) => void (transaction.creator = member(transaction.creator.mspId, 'orderer')),
  'created by an unknown organisation': (transaction) => {
    const { identity, key } = transaction.creator;
    transaction.creator = {
      mspId: 'GhostMSP',
      key,
      identity: writeSerializedIdentity('GhostMSP', readSerializedIdentity(identity).idBytes),
    };
  },
};

const ACTIONS: Readonly<Record<string, Change>> = {
  'an action header without a nonce': ({ bend, creator }) => {
    bend.proposedHeader = () => writeSignatureHeader({ creator: creator.identity, nonce: EMPTY });
  },
  'an action header without a creator': ({ bend, nonce }) =>
    void (bend.proposedHeader = () => writeSignatureHeader({ creator: EMPTY, nonce })),
  'an action header of another proposal': ({ bend, creator }) => {
    bend.actionHeader = () => writeSignatureHeader({ creator: creator.identity, nonce: utf8('another nonce') });
  },
  'arguments that nobody endorsed': ({ bend }) => void (bend.proposalPayload = (payload) => concat(payload, fromHex('7a0161'))),
  'an answer to another proposal': ({ bend }) => void (bend.proposalHash = () => new Uint8Array(32)),
  'no header extension': ({ header }) => {
    header.setExtension$(EMPTY);
  },
  'a header extension that cannot be read': ({ header }) => {
    header.setExtension$(GARBAGE);
  },
  'a response without a chaincode': ({ response }) => void (response.chaincode = undefined),
  'a response of another chaincode': ({ response }) => void (response.chaincode = { name: 'other', version: '1' }),
  'a response without a version': ({ response }, { chaincode }) => void (response.chaincode = { name: chaincode, version: '' }),
  'a response of another version': ({ response }, { chaincode }) => void (response.chaincode = { name: chaincode, version: '9.9' }),
  'a response with status 500': ({ response }) => void (response.response = { status: 500, message: 'no', payload: EMPTY }),
  'an event of another chaincode': ({ response, header }) => {
    const event = new peer.ChaincodeEvent();
    event.setChaincodeId('other');
    event.setTxId(header.getTxId());
    event.setEventName('strange');
    response.events = event.serializeBinary();
  },
  'an event of another transaction': ({ response }, { chaincode }) => {
    const event = new peer.ChaincodeEvent();
    event.setChaincodeId(chaincode);
    event.setTxId('ab'.repeat(32));
    event.setEventName('strange');
    response.events = event.serializeBinary();
  },
  'a call of a chaincode that is not defined': ({ header, response }) => {
    const extension = peer.ChaincodeHeaderExtension.deserializeBinary(header.getExtension_asU8());
    extension.getChaincodeId()?.setName('zombie');
    header.setExtension$(extension.serializeBinary());
    response.chaincode = { name: 'zombie', version: '1' };
  },
};

const RESULTS: Readonly<Record<string, Change>> = {
  'results that cannot be read': ({ bend }) => void (bend.results = () => GARBAGE),
  'no results': ({ bend }) => void (bend.results = () => EMPTY),
  'a namespace twice': (transaction, context) => {
    own(transaction, context);
    transaction.rwset.push({ ...emptyNamespace(context.chaincode) } as EditableTransaction['rwset'][number]);
  },
  'a write to a chaincode that is not defined': ({ rwset }) => {
    rwset.push({ ...emptyNamespace('zombie'), writes: [{ key: 'a', isDelete: false, value: utf8('1') }] } as never);
  },
  'a read of a chaincode that is not defined': ({ rwset }) => {
    rwset.push({ ...emptyNamespace('zombie'), reads: [{ key: 'a', version: undefined }] } as never);
  },
  // Not a Sequence: one of a chaincode without a definition ends every real peer for good (core/ledger/cceventmgmt/lsccstate_listener.go).
  'a write to the lifecycle': ({ rwset }) => {
    const set = rwset.find(({ namespace }) => namespace === '_lifecycle');
    set?.writes.push({ key: 'namespaces/fields/ghost/Note', isDelete: false, value: utf8('1') });
  },
  'a definition read that has changed': ({ rwset }) => {
    const read = rwset.find(({ namespace }) => namespace === '_lifecycle')?.reads[0];
    if (read !== undefined) read.version = { block: 1, tx: 0 };
  },
  'reads of another version': (transaction, context) => {
    for (const read of own(transaction, context).reads) read.version = { block: 1, tx: 0 };
  },
  'reads as absent': (transaction, context) => {
    for (const read of own(transaction, context).reads) read.version = undefined;
  },
  'no reads': (transaction, context) => {
    own(transaction, context).reads = [];
  },
  'ranges without their first row': (transaction, context) => {
    for (const query of own(transaction, context).rangeQueries) query.reads.splice(0, 1);
  },
  'ranges that stopped at their last row': (transaction, context) => {
    for (const query of own(transaction, context).rangeQueries)
      Object.assign(query, { exhausted: false, endKey: query.reads.at(-1)?.key ?? query.endKey });
  },
  'ranges that claim to be exhausted': (transaction, context) => {
    for (const query of own(transaction, context).rangeQueries) query.exhausted = true;
  },
  'writes as deletions': (transaction, context) => {
    for (const write of own(transaction, context).writes) write.isDelete = true;
  },
  'deletions with empty values only': (transaction, context) => {
    for (const write of own(transaction, context).writes) Object.assign(write, { isDelete: false, value: EMPTY });
  },
  'every write twice': (transaction, context) => {
    const set = own(transaction, context);
    set.writes = set.writes.flatMap((write) => [write, { ...write, value: utf8('second') }]);
  },
  'writes in another order': (transaction, context) => {
    own(transaction, context).writes.reverse();
  },
  'key policies without entries': (transaction, context) => {
    for (const write of own(transaction, context).metadataWrites) write.entries = [];
  },
  'key policies under another name': (transaction, context) => {
    for (const write of own(transaction, context).metadataWrites)
      for (const entry of write.entries as { name: string }[]) entry.name = 'ANOTHER';
  },
  'key policies that cannot be read': (transaction, context) => {
    for (const write of own(transaction, context).metadataWrites)
      for (const entry of write.entries as { value: Uint8Array }[]) entry.value = GARBAGE;
  },
  'key policies of every written key': (transaction, context) => {
    const set = own(transaction, context);
    const entries = set.metadataWrites[0]?.entries ?? [{ name: 'VALIDATION_PARAMETER', value: EMPTY }];
    set.metadataWrites = set.writes.map(({ key }) => ({ key, entries }));
  },
};

/**
 * What can be done to an endorsed transaction, by the words for it. Nothing here makes a block that filtered block streams cannot read: on
 * Fabric one event or action that cannot be decoded ends all of them, for good.
 */
export const CRAFT_CHANGES: Readonly<Record<string, Change>> = { ...ENDORSEMENTS, ...HEADERS, ...ACTIONS, ...RESULTS };

/**
 * Changes for transactions that are alone on their ledger. BFT orderers let an envelope of another type in and then refuse every block that
 * holds it beside others (orderer/consensus/smartbft/verifier.go: "only endorser transactions can be sent with other transactions"); each
 * next leader proposes it again, and the channel stands still, for good. Found by these scripts on Fabric 3.1.5.
 */
export const LONELY_CHANGES: readonly string[] = ['type 0', 'type 4', 'type 6'];
