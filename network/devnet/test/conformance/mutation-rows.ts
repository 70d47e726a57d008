import { common, peer } from '@hyperledger/fabric-protos';
import { EMPTY, concat, fromHex, hex, utf8 } from '../../src/proto/bytes';
import { readPayload, readSerializedIdentity, writeSerializedIdentity, writeSignatureHeader } from '../../src/proto/envelopes';
import type { NamespaceRwSet } from '../../src/proto/rwset';
import { signLowS } from '../../src/proto/signatures';
import { openTransaction, renew, sealTransaction, type EditableTransaction } from './editable-transaction';
import type { ReSignedRecording } from './re-signed-recording';

/** One changed block of the re-signed recording, and what Fabric's rules make of it (facts: sections g.1 to g.4 of the protocol notes). */
export interface Mutation {
  readonly name: string;
  readonly block: number;
  /** Codes of all its transactions. */
  readonly codes: readonly number[];
  readonly items: (recording: ReSignedRecording) => readonly Uint8Array[];
  /** Whether the commit hash is the recorded one; not asserted where it is absent. */
  readonly sameUpdates?: boolean | undefined;
  readonly explained?: RegExp | undefined;
}

const NORTHSIDE = 'NorthsideMSP';
const LAKEVIEW = 'LakeviewMSP';
const UNITY = 'UnityMSP';
const AUTHORITY = 'AuthorityMSP';
const GARBAGE = fromHex('ffffffffff');
const HIGH_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

type Change = (transaction: EditableTransaction, recording: ReSignedRecording) => void;
type More = Pick<Mutation, 'sameUpdates' | 'explained'> & { readonly tx?: number };

/** One transaction of a block changed; the others as recorded. */
function edit(name: string, block: number, codes: readonly number[], change: Change, more: More = {}): Mutation {
  const items = (recording: ReSignedRecording): readonly Uint8Array[] => {
    const own = recording.blocks[block]?.items ?? [];
    return own.map((item, index) => (index === (more.tx ?? 0) ? changed(item, recording, change) : item));
  };
  return { name, block, codes, items, sameUpdates: more.sameUpdates, explained: more.explained };
}

/** The transactions of a block arranged anew. */
function arrange(
  name: string,
  block: number,
  codes: readonly number[],
  items: (own: readonly Uint8Array[], recording: ReSignedRecording) => readonly Uint8Array[],
): Mutation {
  return { name, block, codes, items: (recording) => items(recording.blocks[block]?.items ?? [], recording) };
}

function changed(item: Uint8Array, recording: ReSignedRecording, change: Change): Uint8Array {
  const transaction = openTransaction(item, recording.signerOf);
  change(transaction, recording);
  return sealTransaction(transaction);
}

function itemOf(recording: ReSignedRecording, block: number, index = 0): Uint8Array {
  return recording.blocks[block]?.items[index] ?? EMPTY;
}

function golden(transaction: EditableTransaction): EditableTransaction['rwset'][number] {
  const set = transaction.rwset.find(({ namespace }) => namespace === 'golden');
  if (set === undefined) throw new Error('the transaction touches nothing of the chaincode');
  return set;
}

function endorsedBy(...mspIds: readonly string[]): Change {
  return (transaction, { member }) => {
    transaction.endorsers = mspIds.map((mspId) => member(mspId, 'peer'));
  };
}

/** The same transaction as another one: a blind write of a key. */
function blindWrite(recording: ReSignedRecording, key: string, isDelete = false): Uint8Array {
  return changed(itemOf(recording, 17), recording, (transaction) => {
    renew(transaction);
    golden(transaction).writes = [{ key, isDelete, value: isDelete ? EMPTY : utf8('new') }];
  });
}

function withHighS(signature: Uint8Array): Uint8Array {
  const rLength = signature[3] ?? 0;
  const r = signature.subarray(2, 4 + rLength);
  const s = HIGH_ORDER - BigInt(`0x${hex(signature.subarray(6 + rLength))}`);
  const digits = s.toString(16).padStart(64, '0');
  const sBytes = concat(Uint8Array.of(2, 33, 0), fromHex(digits));
  return concat(Uint8Array.of(0x30, r.length + sBytes.length), r, sBytes);
}

function withType(type: number): Change {
  return ({ header }) => {
    header.setType(type);
  };
}

const emptyNamespace = (namespace: string): NamespaceRwSet => ({
  namespace,
  reads: [],
  rangeQueries: [],
  writes: [],
  metadataWrites: [],
  collections: [],
});

const ENVELOPES: readonly Mutation[] = [
  edit('an item that is no envelope', 7, [255], ({ bend }) => void (bend.item = () => GARBAGE)),
  edit('an item cut off in the middle', 7, [255], ({ bend }) => void (bend.item = (item) => item.subarray(0, 100))),
  edit('an empty item', 7, [3], ({ bend }) => void (bend.item = () => EMPTY)),
  edit('a payload that cannot be decoded', 7, [2], ({ bend }) => void (bend.payload = () => GARBAGE)),
  edit('a payload with field number 0', 7, [2], ({ bend }) => void (bend.payload = (payload) => concat(payload, Uint8Array.of(2, 0)))),
];

const HEADERS: readonly Mutation[] = [
  edit('no header', 7, [3], ({ bend }) => {
    bend.payload = (payload) => {
      const message = new common.Payload();
      message.setData(readPayload(payload).data);
      return message.serializeBinary();
    };
  }),
  edit('a channel header that cannot be decoded', 7, [3], ({ bend }) => void (bend.channelHeader = () => GARBAGE)),
  edit(
    'a channel header with broken UTF-8',
    7,
    [3],
    ({ bend }) => void (bend.channelHeader = (header) => concat(header, fromHex('2202c328'))),
  ),
  edit('a signature header that cannot be decoded', 7, [3], ({ bend }) => void (bend.signatureHeader = () => GARBAGE)),
  edit('type 0', 7, [3], withType(0)),
  edit('type 4', 7, [3], withType(4)),
  edit('epoch 1', 7, [3], ({ header }) => {
    header.setEpoch(1);
  }),
  edit('no nonce', 7, [3], (transaction) => {
    transaction.nonce = EMPTY;
  }),
  edit('no creator', 7, [3], ({ bend, nonce }) => void (bend.signatureHeader = () => writeSignatureHeader({ creator: EMPTY, nonce }))),
  edit('a configuration update instead of a configuration', 7, [7], withType(2)),
  edit('a configuration without content', 7, [6], (transaction) => {
    transaction.header.setType(1);
    transaction.bend.data = () => EMPTY;
  }),
];

const CREATORS: readonly Mutation[] = [
  edit('a creator of an unknown organisation', 7, [4], (transaction, { member }) => {
    const { key, identity } = member(LAKEVIEW, 'client');
    transaction.creator = {
      mspId: 'GhostMSP',
      key,
      identity: writeSerializedIdentity('GhostMSP', readSerializedIdentity(identity).idBytes),
    };
  }),
  edit('a creator whose certificate another organisation issued', 7, [4], (transaction, { member }) => {
    const { key, identity } = member(UNITY, 'client');
    transaction.creator = { mspId: LAKEVIEW, key, identity: writeSerializedIdentity(LAKEVIEW, readSerializedIdentity(identity).idBytes) };
  }),
  edit('a creator that is the certificate authority itself', 7, [4], (transaction, { authorities, member }) => {
    const certificate = authorities.get(LAKEVIEW)?.certificate ?? '';
    transaction.creator = { ...member(LAKEVIEW, 'client'), identity: writeSerializedIdentity(LAKEVIEW, utf8(certificate)) };
  }),
  edit('a creator without a certificate', 7, [4], (transaction, { member }) => {
    transaction.creator = { ...member(LAKEVIEW, 'client'), identity: writeSerializedIdentity(LAKEVIEW, utf8('nobody')) };
  }),
  edit('no signature', 7, [4], ({ bend }) => void (bend.envelope = ({ payload }) => ({ payload, signature: EMPTY }))),
  edit('the signature of somebody else', 7, [4], ({ bend }, { member }) => {
    bend.envelope = ({ payload }) => ({ payload, signature: signLowS(member(UNITY, 'client').key, payload) });
  }),
  edit('a signature with high S', 7, [4], ({ bend }) => {
    bend.envelope = ({ payload, signature }) => ({ payload, signature: withHighS(signature) });
  }),
  edit('a payload changed after it was signed', 7, [4], ({ bend }) => {
    bend.envelope = ({ payload, signature }) => ({ payload: concat(payload, fromHex('7a0161')), signature });
  }),
  edit(
    'a creator that is a peer: rights are not asked again',
    7,
    [0],
    (transaction, { member }) => {
      transaction.creator = member(LAKEVIEW, 'peer');
    },
    { sameUpdates: true },
  ),
];

const IDS: readonly Mutation[] = [
  edit('an id that is not computed', 7, [8], ({ bend }) => void (bend.txId = () => 'ab'.repeat(32))),
  edit('an id in capitals', 7, [8], ({ bend }) => void (bend.txId = (txId) => txId.toUpperCase())),
  edit('no id', 7, [8], ({ bend }) => void (bend.txId = () => '')),
  arrange('a transaction that an earlier block holds', 17, [0, 9], (own, recording) => [...own, itemOf(recording, 10)]),
  arrange('a transaction that an earlier block holds as invalid', 19, [0, 9], (own, recording) => [...own, itemOf(recording, 18)]),
  arrange('a transaction twice in a block', 17, [0, 9], (own) => [...own, ...own]),
  arrange('a transaction that conflicts, twice in a block', 16, [0, 11, 0, 9], (own) => [...own, own[1] ?? EMPTY]),
  arrange('a transaction without its endorsements, twice in a block', 28, [10, 10], (own) => [...own, ...own]),
  edit('another channel', 7, [14], ({ header }) => {
    header.setChannelId('other');
  }),
];

const ACTIONS: readonly Mutation[] = [
  edit('a transaction that cannot be decoded', 7, [5], ({ bend }) => void (bend.data = () => GARBAGE)),
  edit('no action', 7, [5], ({ bend }) => void (bend.data = () => EMPTY)),
  edit('two actions', 7, [5], ({ bend }) => void (bend.data = (data) => concat(data, data))),
  edit('an action without an endorsed part', 7, [5], ({ bend }) => {
    bend.data = (data) => {
      const transaction = peer.Transaction.deserializeBinary(data);
      transaction.getActionsList()[0]?.setPayload(EMPTY);
      return transaction.serializeBinary();
    };
  }),
  edit('an action header without a nonce', 7, [5], ({ bend, creator }) => {
    bend.proposedHeader = () => writeSignatureHeader({ creator: creator.identity, nonce: EMPTY });
  }),
  edit('an action header without a creator', 7, [5], ({ bend, nonce }) => {
    bend.proposedHeader = () => writeSignatureHeader({ creator: EMPTY, nonce });
  }),
  edit('an action header of another proposal', 7, [5], ({ bend, creator }) => {
    bend.actionHeader = () => writeSignatureHeader({ creator: creator.identity, nonce: utf8('another nonce') });
  }),
  edit(
    'arguments that nobody endorsed',
    7,
    [5],
    ({ bend }) => void (bend.proposalPayload = (payload) => concat(payload, fromHex('7a0161'))),
  ),
  edit('an answer to another proposal', 7, [5], ({ bend }) => void (bend.proposalHash = () => new Uint8Array(32))),
  edit('a header extension that cannot be decoded', 7, [19], ({ header }) => {
    header.setExtension$(GARBAGE);
  }),
  edit('a header extension without a chaincode', 7, [255], ({ header }) => {
    header.setExtension$(EMPTY);
  }),
  edit('a response that cannot be decoded', 7, [21], ({ bend }) => void (bend.action = () => GARBAGE)),
  edit('a response without a chaincode', 7, [255], ({ response }) => {
    response.chaincode = undefined;
  }),
  edit('results that cannot be decoded', 7, [22], ({ bend }) => void (bend.results = () => GARBAGE)),
  edit('a key with broken UTF-8', 7, [22], ({ bend }) => {
    bend.results = () => fromHex('120f0a06676f6c64656e12051a030a01ff');
  }),
  edit('a response of another chaincode', 7, [25], ({ response }) => {
    response.chaincode = { name: 'other', version: '1.1' };
  }),
  edit('a response without a version', 7, [25], ({ response }) => {
    response.chaincode = { name: 'golden', version: '' };
  }),
  edit(
    'a version that is not the defined one: it is not compared',
    7,
    [0],
    ({ response }) => {
      response.chaincode = { name: 'golden', version: '9.9' };
    },
    { sameUpdates: true },
  ),
  edit('an event that cannot be decoded', 14, [255], ({ response }) => {
    response.events = GARBAGE;
  }),
  edit('an event of another chaincode', 14, [255], ({ response }) => {
    const event = peer.ChaincodeEvent.deserializeBinary(response.events);
    event.setChaincodeId('other');
    response.events = event.serializeBinary();
  }),
  edit('a namespace twice', 7, [23], ({ rwset }) => {
    rwset.push({ ...emptyNamespace('golden') } as never);
  }),
  edit(
    'a write to a chaincode that is not defined',
    7,
    [25],
    ({ rwset }) => {
      rwset.push({ ...emptyNamespace('zombie'), writes: [{ key: 'a', isDelete: false, value: utf8('1') }] } as never);
    },
    { explained: /zombie is not defined/ },
  ),
  edit(
    'a read of a chaincode that is not defined',
    7,
    [0],
    ({ rwset }) => {
      rwset.push({ ...emptyNamespace('zombie'), reads: [{ key: 'a', version: undefined }] } as never);
    },
    { sameUpdates: true },
  ),
  edit('a call of a chaincode that is not defined', 7, [25], ({ header, response }) => {
    const extension = peer.ChaincodeHeaderExtension.deserializeBinary(header.getExtension_asU8());
    extension.getChaincodeId()?.setName('zombie');
    header.setExtension$(extension.serializeBinary());
    response.chaincode = { name: 'zombie', version: '1' };
  }),
];

const POLICIES: readonly Mutation[] = [
  edit('one endorsement instead of two', 7, [10], endorsedBy(LAKEVIEW), {
    explained: /signed by LakeviewMSP; no signature of peer of .*UnityMSP/,
  }),
  edit('no endorsement', 7, [10], endorsedBy(), { explained: /signed by nobody/ }),
  edit('the same endorser twice', 7, [10], endorsedBy(LAKEVIEW, LAKEVIEW)),
  edit('two other endorsers', 7, [0], endorsedBy(NORTHSIDE, AUTHORITY), { sameUpdates: true }),
  edit('all four endorsers', 7, [0], endorsedBy(NORTHSIDE, AUTHORITY, UNITY, LAKEVIEW), { sameUpdates: true }),
  edit('a client as second endorser', 7, [10], (transaction, { member }) => {
    transaction.endorsers = [member(LAKEVIEW, 'peer'), member(UNITY, 'client')];
  }),
  edit('an orderer as second endorser', 7, [10], (transaction, { member }) => {
    transaction.endorsers = [member(LAKEVIEW, 'peer'), member(UNITY, 'orderer')];
  }),
  edit('an endorsement with the signature of another', 7, [10], ({ bend }) => {
    bend.endorsements = ([first, second]) => [first, { ...second, signature: first?.signature }] as never;
  }),
  edit('an endorsement with high S', 7, [10], ({ bend }) => {
    bend.endorsements = ([first, second]) => [first, { ...second, signature: withHighS(second?.signature ?? EMPTY) }] as never;
  }),
  edit(
    'an endorser that cannot be read, besides two that can',
    7,
    [0],
    ({ bend }) => {
      bend.endorsements = (endorsements) => [{ endorser: GARBAGE, signature: EMPTY }, ...endorsements];
    },
    { sameUpdates: true },
  ),
  edit(
    'a wrong signature first, then the right one of the same endorser',
    7,
    [0],
    ({ bend }) => {
      bend.endorsements = ([first, second]) => [{ ...first, signature: EMPTY }, first, second] as never;
    },
    { sameUpdates: true },
  ),
  edit('a write changed after it was endorsed', 7, [10], ({ bend }) => {
    bend.responsePayload = (payload) => {
      const text = Buffer.from(payload).toString('latin1').replace('\n\u0001b', '\n\u0001x');
      return new Uint8Array(Buffer.from(text, 'latin1'));
    };
  }),
  edit(
    'one more write, endorsed by all',
    7,
    [0],
    (transaction) => {
      golden(transaction).writes.push({ key: 'more', isDelete: false, value: utf8('1') });
    },
    { sameUpdates: false },
  ),
  edit(
    'another value, endorsed by all',
    7,
    [0],
    (transaction) => {
      golden(transaction).writes[0] = { key: 'a', isDelete: false, value: utf8('other') };
    },
    { sameUpdates: false },
  ),
  edit('a key with a policy of its own, without its owner', 33, [10], endorsedBy(LAKEVIEW, UNITY), {
    explained: /key "k".*no signature of peer of NorthsideMSP/,
  }),
  edit('a key with a policy of its own, with its owner alone', 34, [0], endorsedBy(NORTHSIDE)),
  edit('a key with a policy of its own and one without, with the owner alone', 33, [10], (transaction) => {
    golden(transaction).writes.push({ key: 'k2', isDelete: false, value: utf8('1') });
  }),
  edit('a metadata write without the owner of the key', 38, [10], endorsedBy(UNITY, LAKEVIEW)),
  edit('an implicit collection without its organisation', 55, [10], endorsedBy(LAKEVIEW, UNITY), {
    explained: /_implicit_org_NorthsideMSP/,
  }),
  edit(
    'a collection that is not there',
    76,
    [10],
    (transaction) => {
      golden(transaction).collections[0] = { ...golden(transaction).collections[0], collection: 'zombie' } as never;
    },
    { explained: /collection zombie/ },
  ),
  edit('a collection with a policy of its own, by one member', 77, [10], endorsedBy(NORTHSIDE), { explained: /collection strict/ }),
  edit('a collection without a policy of its own, by two strangers to it', 76, [0], endorsedBy(UNITY, AUTHORITY), { sameUpdates: true }),
  edit('a definition committed by two of four', 5, [10], endorsedBy(NORTHSIDE, LAKEVIEW), { explained: /LifecycleEndorsement/ }),
  edit('an approval that another organisation endorsed', 2, [10], endorsedBy(NORTHSIDE)),
  arrange('a write before the policy of its key changes', 50, [0, 0], (own) => own.toReversed()),
  arrange('a write after a change of its policy that was not endorsed', 50, [10, 0], ([first, second], recording) => [
    changed(first ?? EMPTY, recording, endorsedBy(UNITY)),
    second ?? EMPTY,
  ]),
];

const CONFLICTS: readonly Mutation[] = [
  edit(
    'an older version read',
    7,
    [11],
    (transaction) => {
      golden(transaction).reads[0] = { key: 'a', version: { block: 5, tx: 0 } };
    },
    { explained: /key "a": it was read at version 5\/0, and is at version 6\/0 now/ },
  ),
  edit('a key read as absent that is there', 7, [11], (transaction) => {
    golden(transaction).reads[0] = { key: 'a', version: undefined };
  }),
  edit('a key read that is absent', 6, [11], (transaction) => {
    golden(transaction).reads[0] = { key: 'a', version: { block: 0, tx: 0 } };
  }),
  edit(
    'a definition read that has changed',
    7,
    [11],
    ({ rwset }) => {
      const read = rwset.find(({ namespace }) => namespace === '_lifecycle')?.reads[0];
      if (read !== undefined) read.version = { block: 4, tx: 0 };
    },
    { explained: /chaincode _lifecycle/ },
  ),
  edit('an older version read and an endorsement missing', 7, [10], (transaction, recording) => {
    golden(transaction).reads[0] = { key: 'a', version: { block: 5, tx: 0 } };
    endorsedBy(LAKEVIEW)(transaction, recording);
  }),
  arrange('two readers of a key in the other order', 16, [0, 11, 0], (own) => [own[1], own[0], own[2]] as never),
  arrange('a blind write before two readers', 16, [0, 11, 11], (own) => [own[2], own[0], own[1]] as never),
  edit(
    'a range with a row that was not there',
    20,
    [12],
    (transaction) => {
      golden(transaction).rangeQueries[0]?.reads.splice(1, 1);
    },
    { explained: /range "a" to "d", key "b"/ },
  ),
  edit('a range with an older version', 20, [12], (transaction) => {
    const read = golden(transaction).rangeQueries[0]?.reads[0];
    if (read !== undefined) read.version = { block: 1, tx: 0 };
  }),
  edit('a range that claims to have ended later', 20, [12], (transaction) => {
    Object.assign(golden(transaction).rangeQueries[0] ?? {}, { endKey: 'zzzz' });
  }),
  edit(
    'a range that stopped at its last row',
    20,
    [0],
    (transaction) => {
      const query = golden(transaction).rangeQueries[0];
      Object.assign(query ?? {}, { exhausted: false, endKey: query?.reads.at(-1)?.key });
    },
    { sameUpdates: true },
  ),
  arrange('a key that enters a range in the same block', 20, [0, 12], (own, recording) => [blindWrite(recording, 'bb'), ...own]),
  arrange('a key that leaves a range in the same block', 20, [0, 12], (own, recording) => [blindWrite(recording, 'b', true), ...own]),
  arrange('a key beyond a range in the same block', 20, [0, 0], (own, recording) => [blindWrite(recording, 'dd'), ...own]),
  edit('a read and a range that are both no longer so', 20, [11], (transaction) => {
    golden(transaction).reads.push({ key: 'a', version: undefined });
    golden(transaction).rangeQueries[0]?.reads.splice(1, 1);
  }),
  edit(
    'an older version of a private key',
    64,
    [11],
    (transaction) => {
      const read = golden(transaction).collections[0]?.hashedReads[0];
      if (read !== undefined) read.version = { block: 7, tx: 0 };
    },
    { explained: /collection _implicit_org_NorthsideMSP, key hash/ },
  ),
  edit('a private key read as absent that is there', 64, [11], (transaction) => {
    const read = golden(transaction).collections[0]?.hashedReads[0];
    if (read !== undefined) read.version = undefined;
  }),
];

export const MUTATIONS: readonly Mutation[] = [...ENVELOPES, ...HEADERS, ...CREATORS, ...IDS, ...ACTIONS, ...POLICIES, ...CONFLICTS];
