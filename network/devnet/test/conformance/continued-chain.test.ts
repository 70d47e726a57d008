import { common } from '@hyperledger/fabric-protos';
import { newRevocationList } from '../../src/genesis/certificates';
import { openLedger } from '../../src/ledger/open-ledger';
import { blockDataHash, blockHeaderHash, readBlock, writeBlock } from '../../src/proto/blocks';
import { EMPTY, text, utf8 } from '../../src/proto/bytes';
import {
  readEnvelope,
  readPayload,
  readSerializedIdentity,
  writeEnvelope,
  writePayload,
  writeSignatureHeader,
} from '../../src/proto/envelopes';
import { signLowS } from '../../src/proto/signatures';
import type { CommittedBlock, Ledger } from '../../src/store/ledger';
import { openTransaction, renew, sealTransaction } from './editable-transaction';
import { editMsps, newReSignedRecording, type ReSignedRecording, type Signer } from './re-signed-recording';

let recording: ReSignedRecording;
let ledger: Ledger;

beforeAll(async () => {
  recording = await newReSignedRecording();
});

beforeEach(() => {
  const [genesis, ...rest] = recording.blocks.slice(0, 17).map(writeBlock);
  ledger = openLedger({ folder: ':memory:', genesis: genesis ?? EMPTY, hostedMsps: [] });
  for (const block of rest) ledger.commit(block);
});

afterEach(() => {
  ledger.close();
});

function commit(...items: readonly Uint8Array[]): CommittedBlock {
  const last = readBlock(ledger.block(ledger.height - 1) ?? EMPTY);
  const metadata = recording.blocks[1]?.metadata ?? [];
  return ledger.commit(
    writeBlock({ number: ledger.height, previousHash: blockHeaderHash(last), dataHash: blockDataHash(items), items, metadata }),
  );
}

/** The configuration of block 0 with another sequence, as an orderer puts it in a block. */
function configuration(sequence: number, revocationList?: string, signer: Signer = recording.member('UnityMSP', 'orderer')): Uint8Array {
  const genesis = recording.blocks[0]?.items[0] ?? EMPTY;
  const edited = editMsps(genesis, (config) => {
    if (config.getName() === 'LakeviewMSP' && revocationList !== undefined) config.setRevocationListList([utf8(revocationList)]);
  });
  const payload = readPayload(readEnvelope(edited).payload);
  const envelope = common.ConfigEnvelope.deserializeBinary(payload.data);
  envelope.getConfig()?.setSequence(sequence);
  const signatureHeader = writeSignatureHeader({ creator: signer.identity, nonce: utf8(`configuration ${String(sequence)}`) });
  const bytes = writePayload({ channelHeader: payload.channelHeader, signatureHeader, data: envelope.serializeBinary() });
  return writeEnvelope({ payload: bytes, signature: signLowS(signer.key, bytes) });
}

/** A blind write endorsed by these organisations. */
function blindWrite(...mspIds: readonly string[]): Uint8Array {
  const transaction = openTransaction(recording.blocks[17]?.items[0] ?? EMPTY, recording.signerOf);
  renew(transaction);
  transaction.creator = recording.member('UnityMSP', 'client');
  transaction.endorsers = mspIds.map((mspId) => recording.member(mspId, 'peer'));
  return sealTransaction(transaction);
}

describe('a transaction that comes again', () => {
  it('is invalid, and its first place stays', () => {
    const item = blindWrite('NorthsideMSP', 'UnityMSP');
    const { number, txIds } = commit(item, item);
    expect(commit(item).codes).toEqual([9]);
    expect(ledger.transaction(txIds[0] ?? '')).toEqual({ block: number, index: 0, code: 0 });
  });
});

describe('a configuration transaction', () => {
  it('makes the channel that holds from the next block on: who is revoked endorses no more', async () => {
    const authority = recording.authorities.get('LakeviewMSP');
    const certificate = text(readSerializedIdentity(recording.member('LakeviewMSP', 'peer').identity).idBytes);
    const list = authority && (await newRevocationList(authority, [certificate]));
    expect(commit(blindWrite('LakeviewMSP', 'UnityMSP')).codes).toEqual([0]);
    expect(commit(configuration(1, list)).codes).toEqual([0]);
    expect(ledger.channel.sequence).toBe(1);
    const after = commit(blindWrite('LakeviewMSP', 'UnityMSP'), blindWrite('NorthsideMSP', 'UnityMSP'));
    expect(after.codes).toEqual([10, 0]);
    expect(after.explanations.get(0)).toMatch(/signed by UnityMSP; no signature of .*LakeviewMSP/);
  });

  it('has a commit hash, and updates nothing that it covers', () => {
    expect(commit(configuration(1)).commitHash).toHaveLength(32);
  });

  it('must follow on the sequence of the channel, and stand alone', () => {
    const refusal = expect.objectContaining({ code: 'DEVNET_BLOCK_REFUSED' }) as Error;
    const { height } = ledger;
    expect(() => commit(configuration(2))).toThrow(refusal);
    expect(() => commit(configuration(1), blindWrite('NorthsideMSP', 'UnityMSP'))).toThrow(refusal);
    expect([ledger.height, ledger.channel.sequence]).toEqual([height, 0]);
  });

  it('must be signed by an identity of the channel', () => {
    const stranger = recording.member('UnityMSP', 'orderer');
    const item = configuration(1, undefined, { ...stranger, key: recording.member('LakeviewMSP', 'orderer').key });
    expect(commit(item).codes).toEqual([4]);
    expect(ledger.channel.sequence).toBe(0);
  });
});
