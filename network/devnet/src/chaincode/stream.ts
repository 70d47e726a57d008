import { peer } from '@hyperledger/fabric-protos';
import { EMPTY, utf8 } from '../proto/bytes';
import type { ChaincodeWire } from './dial';
import { REQUESTS } from './requests';
import { RequestRefused } from '../simulation/request-refused';
import { RunningTransaction, type Invocation } from './transaction';

const { ChaincodeMessage } = peer;
type ChaincodeMessage = peer.ChaincodeMessage;
const { Type } = ChaincodeMessage;
const TYPE_NAMES = new Map(Object.entries<number>({ ...Type }).map(([name, number]) => [number, name]));

export interface StreamLimits {
  /** Milliseconds that a transaction may take. */
  readonly executeTimeoutMs: number;
  /** Rows that one query gives at most. */
  readonly totalQueryLimit: number;
}

/** Runs INVOKE_CHAINCODE: serialized peer.ChaincodeSpec in, serialized inner ChaincodeMessage out. */
export type InvokeOther = (caller: Invocation, spec: Uint8Array) => Promise<Uint8Array>;

interface Waiting {
  readonly transaction: RunningTransaction;
  readonly finish: (outcome: ChaincodeMessage | Error) => void;
}

/** A chaincode that has registered: one stream, on which many transactions run at once (core/chaincode/handler.go). */
export class ChaincodeStream {
  readonly #waiting = new Map<string, Waiting>();
  #ended = false;

  constructor(
    readonly wire: ChaincodeWire,
    readonly limits: StreamLimits,
    readonly invokeOther: InvokeOther,
  ) {
    wire.on('data', (message: ChaincodeMessage) => {
      this.#receive(message);
    });
  }

  get isOpen(): boolean {
    return !this.#ended;
  }

  /**
   * Runs a transaction and returns the chaincode's COMPLETED or ERROR.
   * @throws Error with Fabric's text: the id runs already, no answer in time, or the stream ended.
   */
  async run(invocation: Invocation): Promise<ChaincodeMessage> {
    const { channelId, txId } = invocation;
    const key = keyOf(channelId, txId);
    if (this.#waiting.has(key)) throw new Error(`txid: ${txId}(${channelId}) exists`);
    if (this.#ended) throw new Error('chaincode stream terminated');
    const transaction = new RunningTransaction(invocation, this.limits.totalQueryLimit);
    const outcome = await new Promise<ChaincodeMessage | Error>((resolve) => {
      const timer = setTimeout(() => resolve(new Error('timeout expired while executing transaction')), this.limits.executeTimeoutMs);
      const finish = (result: ChaincodeMessage | Error): void => {
        clearTimeout(timer);
        resolve(result);
      };
      this.#waiting.set(key, { transaction, finish });
      this.wire.write(newTransactionMessage(invocation));
    });
    this.#waiting.delete(key);
    transaction.queries.closeAll();
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }

  /** Fails everything that still runs. Called when the wire ends, for whatever reason. */
  end(): void {
    this.#ended = true;
    for (const { finish } of this.#waiting.values()) finish(new Error('chaincode stream terminated'));
  }

  #receive(message: ChaincodeMessage): void {
    const type = message.getType();
    if (type === Type.KEEPALIVE) return;
    const waiting = this.#waiting.get(keyOf(message.getChannelId(), message.getTxid()));
    if (type === Type.COMPLETED || type === Type.ERROR) waiting?.finish(message);
    else if (type === Type.INVOKE_CHAINCODE) void this.#answerInvoke(message, waiting?.transaction);
    else if (REQUESTS.has(type)) this.#answer(message, waiting?.transaction);
    // A message out of turn ends the stream, as the peer does (handleMessageReadyState).
    else this.wire.cancel();
  }

  #answer(message: ChaincodeMessage, transaction: RunningTransaction | undefined): void {
    if (transaction?.busy === true) return;
    try {
      if (transaction === undefined) throw new RequestRefused('no ledger context');
      const payload = REQUESTS.get(message.getType())?.(transaction, message.getPayload_asU8()) ?? EMPTY;
      this.#send(message, Type.RESPONSE, payload);
    } catch (error) {
      this.#sendError(message, error);
    }
  }

  async #answerInvoke(message: ChaincodeMessage, transaction: RunningTransaction | undefined): Promise<void> {
    if (transaction?.busy === true) return;
    try {
      if (transaction === undefined) throw new RequestRefused('could not get valid transaction');
      transaction.busy = true;
      this.#send(message, Type.RESPONSE, await this.invokeOther(transaction.invocation, message.getPayload_asU8()), transaction);
    } catch (error) {
      this.#sendError(message, error, transaction);
    }
  }

  #sendError(message: ChaincodeMessage, error: unknown, transaction?: RunningTransaction): void {
    const name = TYPE_NAMES.get(message.getType()) ?? String(message.getType());
    const cause = error instanceof Error ? error.message : String(error);
    this.#send(message, Type.ERROR, utf8(`${name} failed: transaction ID: ${message.getTxid()}: ${cause}`), transaction);
  }

  #send(
    request: ChaincodeMessage,
    type: ReturnType<ChaincodeMessage['getType']>,
    payload: Uint8Array,
    transaction?: RunningTransaction,
  ): void {
    if (transaction !== undefined) transaction.busy = false;
    if (this.#ended) return;
    const answer = new ChaincodeMessage();
    answer.setType(type);
    answer.setPayload(payload);
    answer.setTxid(request.getTxid());
    answer.setChannelId(request.getChannelId());
    this.wire.write(answer);
  }
}

function keyOf(channelId: string, txId: string): string {
  return channelId + txId;
}

function newTransactionMessage({ channelId, txId, input, signedProposal }: Invocation): ChaincodeMessage {
  const message = new ChaincodeMessage();
  message.setType(Type.TRANSACTION);
  message.setPayload(input.serializeBinary());
  message.setTxid(txId);
  message.setChannelId(channelId);
  message.setProposal(signedProposal);
  return message;
}
