import type { Client } from '@grpc/grpc-js';
import type { peer } from '@hyperledger/fabric-protos';
import { dialChaincode, openWire } from './dial';
import { newInvokeOther, type OtherChannel } from './invoke-other';
import { registerChaincode } from './register';
import type { ChaincodeService } from './service-address';
import { ChaincodeStream, type StreamLimits } from './stream';
import type { Invocation } from './transaction';

export interface ChaincodeConnectionsOptions {
  /** The service that an organisation runs of a chaincode; undefined: that organisation does not have it installed. */
  readonly service: (mspId: string, chaincode: string) => ChaincodeService | undefined;
  /** Default 30000 (chaincode.executetimeout). */
  readonly executeTimeoutMs?: number;
  /** Default 100000 (ledger.state.totalQueryLimit of Fabric's sample configuration). */
  readonly totalQueryLimit?: number;
  /** Channels besides the transaction's own that chaincode may call into, as queries. */
  readonly otherChannel?: OtherChannel;
}

export interface ChaincodeConnections {
  /** Whether the organisation has the chaincode installed. */
  has(mspId: string, chaincode: string): boolean;
  /**
   * Runs a transaction on the organisation's chaincode process, dialling it if need be, and returns its COMPLETED or ERROR message.
   * @throws Error with Fabric's text after `failed to execute transaction <txid>: `.
   */
  invoke(invocation: Invocation): Promise<peer.ChaincodeMessage>;
  /** Resolves when the chaincode has registered; for a start that waits. @throws Error when it does not within the dial timeout. */
  ready(mspId: string, chaincode: string): Promise<void>;
  close(): void;
}

const EXECUTE_TIMEOUT_MS = 30_000;
const TOTAL_QUERY_LIMIT = 100_000;

/** The peers' side of the chaincode processes: one stream per organisation and package (core/chaincode/chaincode_support.go). */
export function newChaincodeConnections(options: ChaincodeConnectionsOptions): ChaincodeConnections {
  return new Connections(options);
}

class Connections implements ChaincodeConnections {
  readonly #streams = new Map<string, Promise<ChaincodeStream>>();
  readonly #closers = new Set<() => void>();
  readonly #limits: StreamLimits;
  #closed = false;

  constructor(readonly options: ChaincodeConnectionsOptions) {
    this.#limits = {
      executeTimeoutMs: options.executeTimeoutMs ?? EXECUTE_TIMEOUT_MS,
      totalQueryLimit: options.totalQueryLimit ?? TOTAL_QUERY_LIMIT,
    };
  }

  has(mspId: string, chaincode: string): boolean {
    return this.options.service(mspId, chaincode) !== undefined;
  }

  async invoke(invocation: Invocation): Promise<peer.ChaincodeMessage> {
    const { chaincode, channelId } = invocation;
    assertDefined(invocation);
    if (invocation.input.getIsInit())
      throw new Error(`invalid invocation: chaincode '${chaincode}' does not require initialization but called as init`);
    const service = this.options.service(invocation.mspId, chaincode);
    if (service === undefined) throw new Error(`invalid invocation: ${containerInfo(channelId, chaincode)}: ${notInstalled(chaincode)}`);
    const stream = await this.#stream(invocation.mspId, service);
    try {
      return await stream.run(invocation);
    } catch (error) {
      throw new Error(`error sending: ${messageOf(error)}`, { cause: error });
    }
  }

  async ready(mspId: string, chaincode: string): Promise<void> {
    const service = this.options.service(mspId, chaincode);
    if (service === undefined) throw new Error(notInstalled(chaincode));
    await this.#stream(mspId, service);
  }

  close(): void {
    this.#closed = true;
    for (const close of this.#closers) close();
    this.#closers.clear();
    this.#streams.clear();
  }

  /** The open stream, or a new one: a lost stream was removed, so that the next invocation dials again. */
  async #stream(mspId: string, service: ChaincodeService): Promise<ChaincodeStream> {
    const key = `${mspId} ${service.packageId} ${service.address}`;
    const existing = this.#streams.get(key);
    if (existing !== undefined) return existing;
    const opening = this.#open(key, service);
    this.#streams.set(key, opening);
    try {
      return await opening;
    } catch (error) {
      if (this.#streams.get(key) === opening) this.#streams.delete(key);
      throw new Error(`could not launch chaincode ${service.packageId}: ${messageOf(error)}`, { cause: error });
    }
  }

  async #open(key: string, service: ChaincodeService): Promise<ChaincodeStream> {
    const client = await dial(service);
    const wire = openWire(client);
    // A client that is closed waits for its calls: an open stream would keep the process alive.
    const close = (): void => {
      wire.cancel();
      client.close();
    };
    this.#closers.add(close);
    // The wire may be lost in the same breath in which the chaincode registers: whoever waits for that hears of it only afterwards.
    const wireState = { isLost: false };
    const loss = (): void => {
      wireState.isLost = true;
    };
    wire.on('error', loss);
    wire.on('end', loss);
    try {
      if (this.#closed) throw new Error('the peer is shutting down');
      await registerChaincode(wire, service.packageId);
      if (wireState.isLost) throw new Error('received EOF, ending chaincode support stream');
    } catch (error) {
      close();
      this.#closers.delete(close);
      throw new Error(`chaincode registration failed: ${messageOf(error)}`, { cause: error });
    }
    const stream = new ChaincodeStream(
      wire,
      this.#limits,
      newInvokeOther((invocation) => this.invoke(invocation), this.options.otherChannel),
    );
    const lost = (): void => {
      if (!stream.isOpen) return;
      stream.end();
      this.#streams.delete(key);
      this.#closers.delete(close);
      close();
    };
    wire.on('end', lost);
    wire.on('error', lost);
    wire.resume();
    return stream;
  }
}

/** The read of the definition is part of the transaction. */
function assertDefined({ simulation, chaincode, channelId }: Invocation): void {
  if (simulation.definition(chaincode) === undefined)
    throw new Error(`invalid invocation: ${containerInfo(channelId, chaincode)}: chaincode ${chaincode} not found`);
}

function containerInfo(channelId: string, chaincode: string): string {
  return `[channel ${channelId}] failed to get chaincode container info for ${chaincode}`;
}

/** Fabric's text (core/chaincode/lifecycle/endorsement_info.go). */
export function notInstalled(chaincode: string): string {
  return `chaincode definition for '${chaincode}' exists, but chaincode is not installed`;
}

async function dial(service: ChaincodeService): Promise<Client> {
  try {
    return await dialChaincode(service);
  } catch (error) {
    const failed = `error cannot create connection for ${service.packageId}: error creating grpc connection to ${service.address}`;
    throw new Error(`connection to ${service.packageId} failed: ${failed}: failed to create new connection: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
