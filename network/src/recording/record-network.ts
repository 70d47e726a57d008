import { gateway as messages } from '@hyperledger/fabric-protos';
import { answerEvents, asBytes, digestBlock } from '@medaccord/devnet/blocks';
import { openPeerConnection, type PeerConnection } from '../lifecycle';
import type { Organisation, Topology } from '../topology';
import { DeliverClient } from '../verify';
import { askEvents, askStatus } from './ask-gateway';
import { FIELD, type RecordedField, type RecordingFacts } from './recording';
import { writeRecording } from './write-recording';

export interface RecordOptions {
  /** Records what clients are told of the blocks too: filtered blocks, events of the topology's chaincode, codes by transaction id. */
  readonly answers: boolean;
}

export interface RecordedCounts {
  readonly blocks: number;
  readonly transactions: number;
  readonly events: number;
  /** Of the file. */
  readonly bytes: number;
}

const STATUSES_AT_ONCE = 20;

/**
 * Records the chain of a running network as an organisation's peer hands it out, in one file.
 * @throws VerifyError, LifecycleError
 */
export async function recordNetwork(
  topology: Topology,
  organisation: Organisation,
  file: string,
  options: RecordOptions,
): Promise<RecordedCounts> {
  const client = new DeliverClient(topology, organisation, 'peer');
  const recorder = new Recorder(topology, organisation, client);
  try {
    const bytes = await writeRecording(file, recorder.record(options));
    return { ...recorder.counts, bytes };
  } finally {
    client.close();
  }
}

class Recorder {
  readonly #txIds: string[] = [];
  #blocks = 0;
  #events = 0;
  #lastEvents: number | undefined;

  constructor(
    readonly topology: Topology,
    readonly organisation: Organisation,
    readonly client: DeliverClient,
  ) {}

  get counts(): Omit<RecordedCounts, 'bytes'> {
    return { blocks: this.#blocks, transactions: this.#txIds.length, events: this.#events };
  }

  async *record({ answers }: RecordOptions): AsyncIterable<RecordedField> {
    yield { field: FIELD.about, bytes: asBytes(Buffer.from(JSON.stringify(this.#describe()))) };
    for await (const bytes of this.client.deliver('peer-blocks', 0, 'newest')) {
      this.#note(bytes);
      yield { field: FIELD.block, bytes };
    }
    if (!answers || this.#blocks === 0) return;
    for await (const bytes of this.client.deliver('peer-filtered-blocks', 0, this.#blocks - 1)) yield { field: FIELD.filteredBlock, bytes };
    const connection = openPeerConnection(this.organisation);
    try {
      yield* this.#recordEvents(connection);
      yield* this.#recordStatuses(connection);
    } finally {
      connection.close();
    }
  }

  #describe(): RecordingFacts {
    const { name, ledger, channel, chaincode } = this.topology;
    const organisation = this.organisation.name;
    return { format: 'medaccord-recording', version: 1, network: name, ledger, channel, chaincode: chaincode.name, organisation };
  }

  #note(bytes: Uint8Array): void {
    const digest = digestBlock(bytes);
    if (answerEvents(digest, this.topology.chaincode.name) !== undefined) this.#lastEvents = digest.number;
    for (const { txId } of digest.transactions) if (txId !== '') this.#txIds.push(txId);
    this.#blocks += 1;
  }

  /** Up to the last block that has events by the rules: the peer itself never says that there are no more. */
  async *#recordEvents(connection: PeerConnection): AsyncIterable<RecordedField> {
    if (this.#lastEvents === undefined) return;
    for await (const bytes of askEvents(connection, this.topology)) {
      const answer = messages.ChaincodeEventsResponse.deserializeBinary(bytes);
      this.#events += answer.getEventsList().length;
      yield { field: FIELD.events, bytes };
      if (answer.getBlockNumber() >= this.#lastEvents) return;
    }
  }

  async *#recordStatuses(connection: PeerConnection): AsyncIterable<RecordedField> {
    for (let at = 0; at < this.#txIds.length; at += STATUSES_AT_ONCE) {
      const asked = this.#txIds.slice(at, at + STATUSES_AT_ONCE).map((txId) => askStatus(connection, this.topology.channel, txId));
      for (const status of await Promise.all(asked)) yield { field: FIELD.status, bytes: asBytes(Buffer.from(JSON.stringify(status))) };
    }
  }
}
