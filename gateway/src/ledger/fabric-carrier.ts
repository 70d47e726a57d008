import * as grpc from '@grpc/grpc-js';
import { connect, GatewayError, hash, type Gateway, type Proposal } from '@hyperledger/fabric-gateway';
import { gateway as wire, msp } from '@hyperledger/fabric-protos';
import { timeLeft } from '../deadline';
import { newError } from '../problem';
import { AnswerError } from './answer-error';
import type { Carrier, Prepared, TransactionStatus } from './carrier';
import type { BlockStream, Call, LedgerIdentity } from './ledger';
import { newNewestBlockRequest } from './newest-block';
import { parseBlock } from './parse-block';
import { readEndorsers } from './read-endorsers';
import { translateAnswer } from './translate-answer';

/** Deadlines of single calls, in milliseconds: endorsing waits for frozen peers (2 x 3 s), submitting for a view change (7 s). */
const deadlines = { evaluate: 6_000, endorse: 12_000, submit: 10_000, height: 5_000 };
/** Largest message taken from a peer: a block of deliveries. */
const maxMessageBytes = 100 * 1024 * 1024;
/** Client objects kept, one per identity that used the gateway lately. */
const maxGateways = 256;

export interface FabricCarrierOptions {
  readonly mspId: string;
  readonly channel: string;
  readonly chaincode: string;
  readonly peer: { readonly endpoint: string; readonly serverName: string; readonly tlsRootCertificates: Uint8Array };
  readonly identity: LedgerIdentity;
}

/** The organisation's own peer, over one gRPC connection that all identities share. */
export class FabricCarrier implements Carrier {
  readonly #options: FabricCarrierOptions;
  readonly #client: grpc.Client;
  readonly #gateways = new Map<string, Gateway>();

  constructor(options: FabricCarrierOptions) {
    this.#options = options;
    const { endpoint, serverName, tlsRootCertificates } = options.peer;
    this.#client = new grpc.Client(endpoint, grpc.credentials.createSsl(Buffer.from(tlsRootCertificates)), {
      'grpc.ssl_target_name_override': serverName,
      'grpc.max_receive_message_length': maxMessageBytes,
      'grpc.max_send_message_length': maxMessageBytes,
      'grpc.keepalive_time_ms': 60_000,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.min_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1_000,
    });
  }

  async evaluate(call: Call): Promise<string> {
    const proposal = this.#newProposal(call);
    try {
      return Buffer.from(await proposal.evaluate(expiresIn(Math.min(deadlines.evaluate, timeLeft())))).toString('utf8');
    } catch (error) {
      throw translate(error, call);
    }
  }

  async endorse(call: Call): Promise<Prepared> {
    const proposal = this.#newProposal(call);
    try {
      const transaction = await proposal.endorse(expiresIn(Math.min(deadlines.endorse, timeLeft())));
      const signature = (call.identity ?? this.#options.identity).sign(transaction.getDigest());
      const signed = this.#gateway(call.identity).newSignedTransaction(transaction.getBytes(), signature);
      return {
        transactionId: signed.getTransactionId(),
        envelope: signed.getBytes(),
        result: Buffer.from(signed.getResult()).toString('utf8'),
      };
    } catch (error) {
      throw translate(error, call);
    }
  }

  readEndorsers({ envelope }: Prepared): readonly string[] {
    return readEndorsers(envelope);
  }

  async send(envelope: Uint8Array): Promise<void> {
    await this.#gateway().newTransaction(envelope).submit(expiresIn(deadlines.submit));
  }

  async readStatus(transactionId: string, timeoutMs: number): Promise<TransactionStatus | undefined> {
    const request = new wire.SignedCommitStatusRequest();
    request.setRequest(this.#newStatusRequest(transactionId).serializeBinary());
    const commit = this.#gateway().newCommit(request.serializeBinary());
    try {
      const status = await commit.getStatus(expiresIn(timeoutMs));
      return { code: status.code, block: Number(status.blockNumber) };
    } catch (error) {
      if (error instanceof GatewayError) return undefined;
      throw error;
    }
  }

  async followBlocks(start: number): Promise<BlockStream> {
    const network = this.#gateway().getNetwork(this.#options.channel);
    const blocks = await network.getBlockEvents({ startBlock: BigInt(start) });
    const chaincode = this.#options.chaincode;
    return {
      close: () => {
        blocks.close();
      },
      async *[Symbol.asyncIterator]() {
        for await (const block of blocks) yield parseBlock(block, chaincode);
      },
    };
  }

  async readHeight(): Promise<number> {
    const request = this.#gateway().newBlockEventsRequest(newNewestBlockRequest(this.#options.channel, this.#newCreator()));
    const blocks = await request.getEvents(expiresIn(deadlines.height));
    try {
      for await (const block of blocks) return (block.getHeader()?.getNumber() ?? -1) + 1;
    } catch (error) {
      throw newError('LEDGER_UNAVAILABLE', "The organisation's own peer does not tell its height", { cause: error });
    } finally {
      blocks.close();
    }
    throw newError('LEDGER_UNAVAILABLE', "The organisation's own peer does not tell its height");
  }

  close(): void {
    for (const gateway of this.#gateways.values()) gateway.close();
    this.#gateways.clear();
    this.#client.close();
  }

  #newProposal({ transaction, request, transient, organisations, identity }: Call): Proposal {
    const contract = this.#gateway(identity).getNetwork(this.#options.channel).getContract(this.#options.chaincode);
    return contract.newProposal(transaction, {
      arguments: [JSON.stringify(request)],
      ...(transient === undefined ? {} : { transientData: transient }),
      ...(organisations === undefined ? {} : { endorsingOrganizations: [...organisations] }),
    });
  }

  #gateway(identity: LedgerIdentity = this.#options.identity): Gateway {
    const known = this.#gateways.get(identity.name);
    this.#gateways.delete(identity.name);
    const gateway =
      known ??
      connect({
        client: this.#client,
        identity: { mspId: this.#options.mspId, credentials: identity.certificate },
        signer: (message) => Promise.resolve(identity.sign(message)),
        hash: hash.none,
      });
    this.#gateways.set(identity.name, gateway);
    const [oldest] = this.#gateways.keys();
    if (this.#gateways.size > maxGateways && oldest !== undefined) this.#gateways.delete(oldest);
    return gateway;
  }

  #newStatusRequest(transactionId: string): wire.CommitStatusRequest {
    const request = new wire.CommitStatusRequest();
    request.setChannelId(this.#options.channel);
    request.setTransactionId(transactionId);
    request.setIdentity(this.#newCreator());
    return request;
  }

  #newCreator(): Uint8Array {
    const creator = new msp.SerializedIdentity();
    creator.setMspid(this.#options.mspId);
    creator.setIdBytes(this.#options.identity.certificate);
    return creator.serializeBinary();
  }
}

function expiresIn(milliseconds: number): grpc.CallOptions {
  return { deadline: Date.now() + milliseconds };
}

function translate(error: unknown, call: Call): unknown {
  if (error instanceof AnswerError || !(error instanceof GatewayError)) return error;
  return translateAnswer(error, call.organisations?.length ?? 0);
}
