import './quiet';
import { createHash } from 'node:crypto';
import { common, msp, peer } from '@hyperledger/fabric-protos';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import { JSONSerializer } from 'fabric-contract-api';
import ChaincodeFromContract from 'fabric-shim/lib/contract-spi/chaincodefromcontract.js';
import Stub from 'fabric-shim/lib/stub.js';
import type { Identity } from './certificates';

/** One proposal: what a client signs and sends. */
export interface Proposal {
  readonly as: Identity;
  readonly txId: string;
  readonly args: readonly string[];
  readonly input?: string | undefined;
  readonly at: string;
}

/** A committed value. */
export interface Committed {
  readonly value: Buffer;
  readonly version: number;
  readonly policy?: Buffer | undefined;
}

/** The committed state that peers simulate on. Collections hold values and, for everybody, their hashes. */
export interface WorldState {
  readonly values: Map<string, Committed>;
  readonly collections: Map<string, Map<string, Committed>>;
  readonly history: Map<string, { txId: string; value: Buffer; isDelete: boolean }[]>;
}

/** What a simulation read and would write, as Fabric records it. */
export interface WriteSet {
  readonly reads: Record<string, number | null>;
  readonly writes: Record<string, string | null>;
  readonly policies: Record<string, string>;
  readonly hashedReads: Record<string, number | null>;
  readonly privateWrites: Record<string, string | null>;
}

/** The result of one endorser. */
export interface Simulation {
  readonly status: number;
  readonly message: string;
  readonly payload: string;
  readonly event: { name: string; payload: string } | undefined;
  readonly rwset: WriteSet;
}

export const privateName = (collection: string, key: string): string => `${collection}|${key}`;

const serializers = { transaction: 'jsonSerializer', serializers: { jsonSerializer: JSONSerializer } };

/** One member's peer: runs the chaincode through the shim's own ChaincodeFromContract and stub, against committed state. */
export class PeerTwin {
  readonly #chaincode: ChaincodeFromContract;

  constructor(
    readonly mspId: string,
    readonly world: WorldState,
    contracts: readonly unknown[],
  ) {
    this.#chaincode = new ChaincodeFromContract([...contracts], serializers);
  }

  async simulate(proposal: Proposal): Promise<Simulation> {
    // The shim reads the peer's MSP from the environment; simulations run one after another.
    process.env.CORE_PEER_LOCALMSPID = this.mspId;
    const handler = new TransactionTwin(this.mspId, this.world);
    const input = { getArgsList_asU8: () => proposal.args.map((arg) => Buffer.from(arg)) };
    const stub = new Stub(handler, 'medaccord', proposal.txId, input, signedProposal(proposal));
    const response = await this.#chaincode.Invoke(stub);
    const event = (stub as unknown as { chaincodeEvent?: { getEventName(): string; getPayload_asU8(): Uint8Array } }).chaincodeEvent;
    return {
      status: response.status,
      message: response.message ?? '',
      payload: Buffer.from(response.payload ?? []).toString('utf8'),
      event: event && { name: event.getEventName(), payload: Buffer.from(event.getPayload_asU8()).toString('utf8') },
      rwset: handler.rwset(),
    };
  }
}

function signedProposal({ as, args, input, at, txId }: Proposal): object {
  const creator = new msp.SerializedIdentity();
  creator.setMspid(as.mspId);
  creator.setIdBytes(Buffer.from(as.certificate));
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setCreator(creator.serializeBinary());
  signatureHeader.setNonce(createHash('sha256').update(txId).digest().subarray(0, 24));
  const timestamp = new Timestamp();
  timestamp.fromDate(new Date(at));
  const channelHeader = new common.ChannelHeader();
  channelHeader.setTimestamp(timestamp);
  channelHeader.setTxId(txId);
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  header.setSignatureHeader(signatureHeader.serializeBinary());
  const payload = new peer.ChaincodeProposalPayload();
  payload.setInput(Buffer.from(args.join('\n')));
  if (input !== undefined) payload.getTransientmapMap().set('input', Buffer.from(input));
  const proposal = new peer.Proposal();
  proposal.setHeader(header.serializeBinary());
  proposal.setPayload(payload.serializeBinary());
  return { getSignature: () => new Uint8Array(), getProposalBytes: () => proposal.serializeBinary() };
}

/** The peer's side of one transaction's conversation: reads answer committed state only, a put of an empty value is a delete. */
class TransactionTwin {
  readonly #reads: WriteSet['reads'] = {};
  readonly #writes: WriteSet['writes'] = {};
  readonly #policies: WriteSet['policies'] = {};
  readonly #hashedReads: WriteSet['hashedReads'] = {};
  readonly #privateWrites: WriteSet['privateWrites'] = {};

  constructor(
    private readonly mspId: string,
    private readonly world: WorldState,
  ) {}

  rwset(): WriteSet {
    return {
      reads: this.#reads,
      writes: this.#writes,
      policies: this.#policies,
      hashedReads: this.#hashedReads,
      privateWrites: this.#privateWrites,
    };
  }

  handleGetState(collection: string, key: string): Promise<Buffer> {
    if (collection === '') {
      const found = this.world.values.get(key);
      this.#reads[key] = found?.version ?? null;
      return Promise.resolve(found?.value ?? Buffer.alloc(0));
    }
    const found = this.world.collections.get(collection)?.get(key);
    if (found !== undefined && collection !== `_implicit_org_${this.mspId}`) {
      return Promise.reject(new Error('private data matching public hash version is not available'));
    }
    this.#hashedReads[privateName(collection, key)] = found?.version ?? null;
    return Promise.resolve(found?.value ?? Buffer.alloc(0));
  }

  handlePutState(collection: string, key: string, value: Uint8Array): Promise<void> {
    const text = value.length === 0 ? null : Buffer.from(value).toString('base64');
    if (collection === '') this.#writes[key] = text;
    else this.#privateWrites[privateName(collection, key)] = text;
    return Promise.resolve();
  }

  handleDeleteState(collection: string, key: string): Promise<void> {
    return this.handlePutState(collection, key, new Uint8Array());
  }

  handlePutStateMetadata(collection: string, key: string, _metakey: string, policy: Uint8Array): Promise<void> {
    if (collection !== '') return Promise.reject(new Error('no test needs key policies of private keys'));
    this.#policies[key] = Buffer.from(policy).toString('base64');
    return Promise.resolve();
  }

  handleGetPrivateDataHash(collection: string, key: string): Promise<Buffer> {
    const found = this.world.collections.get(collection)?.get(key);
    this.#hashedReads[privateName(collection, key)] = found?.version ?? null;
    return Promise.resolve(found === undefined ? Buffer.alloc(0) : createHash('sha256').update(found.value).digest());
  }

  handleGetStateByRange(_collection: string, start: string, end: string): Promise<{ iterator: object }> {
    const keys = [...this.world.values.keys()].filter((key) => start <= key && key < end).sort();
    const rows = keys.map((key) => ({ key, value: this.world.values.get(key)?.value }));
    return Promise.resolve({ iterator: iteratorOf(rows) });
  }

  /** Newest first, and no trace in the read set. */
  handleGetHistoryForKey(key: string): Promise<object> {
    return Promise.resolve(iteratorOf([...(this.world.history.get(key) ?? [])].reverse()));
  }
}

function iteratorOf(rows: readonly object[]): object {
  let at = 0;
  return {
    next: () => Promise.resolve(at < rows.length ? { value: rows[at++], done: false } : { done: true }),
    close: () => Promise.resolve(),
  };
}
