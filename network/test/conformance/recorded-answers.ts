import { gateway } from '@hyperledger/fabric-protos';
import { answerEvents, digestBlock, equalBytes, newFilteredBlock, type BlockDigest } from '@medaccord/devnet/blocks';
import { FIELD, readFacts, readRecording, type RecordedStatus } from '../../src/recording';

export interface ComparedAnswers {
  readonly filteredBlocks: number;
  readonly events: number;
  readonly statuses: number;
  /** Answers of the recorded network that the devnet would not give, each by its kind and block or transaction id. */
  readonly differences: readonly string[];
}

/** Compares what a recorded network told its clients with what the devnet makes of the same blocks. @throws RecordingUnreadable */
export async function compareAnswers(file: string): Promise<ComparedAnswers> {
  const comparison = new AnswerComparison();
  for await (const { field, bytes } of readRecording(file)) comparison.take(field, bytes);
  return comparison.conclude();
}

class AnswerComparison {
  readonly #digests = new Map<number, BlockDigest>();
  readonly #waiting = new Map<number, Uint8Array>();
  readonly #places = new Map<string, readonly [code: number, block: number]>();
  readonly #statuses = new Set<string>();
  readonly #differences: string[] = [];
  #chaincode = '';
  #filteredBlocks = 0;
  #events = 0;

  take(field: number, bytes: Uint8Array): void {
    if (field === FIELD.about) this.#chaincode = readFacts({ field, bytes }).chaincode;
    else if (field === FIELD.block) this.#learn(bytes);
    else if (field === FIELD.filteredBlock) this.#checkFilteredBlock(bytes);
    else if (field === FIELD.events) this.#checkEvents(bytes);
    else if (field === FIELD.status) this.#checkStatus(JSON.parse(Buffer.from(bytes).toString()) as RecordedStatus);
  }

  /** Whoever asks for all events is told of every block that has some. */
  conclude(): ComparedAnswers {
    for (const number of this.#waiting.keys()) this.#differences.push(`events of block ${String(number)} are missing`);
    for (const txId of this.#places.keys()) if (!this.#statuses.has(txId)) this.#differences.push(`status of ${txId} is missing`);
    return {
      filteredBlocks: this.#filteredBlocks,
      events: this.#events,
      statuses: this.#statuses.size,
      differences: this.#differences,
    };
  }

  #learn(bytes: Uint8Array): void {
    const digest = digestBlock(bytes);
    const { number, transactions } = digest;
    this.#digests.set(number, digest);
    for (const { txId, code } of transactions) if (txId !== '' && !this.#places.has(txId)) this.#places.set(txId, [code, number]);
    const events = answerEvents(digest, this.#chaincode);
    if (events !== undefined) this.#waiting.set(number, events.serializeBinary());
  }

  #checkFilteredBlock(bytes: Uint8Array): void {
    const digest = this.#digests.get(this.#filteredBlocks++);
    if (digest === undefined || !equalBytes(newFilteredBlock(digest), bytes))
      this.#differences.push(`filtered block ${String(this.#filteredBlocks - 1)}`);
  }

  #checkEvents(bytes: Uint8Array): void {
    const answer = gateway.ChaincodeEventsResponse.deserializeBinary(bytes);
    const number = answer.getBlockNumber();
    const expected = this.#waiting.get(number);
    this.#waiting.delete(number);
    this.#events += answer.getEventsList().length;
    if (expected === undefined || !equalBytes(expected, bytes)) this.#differences.push(`events of block ${String(number)}`);
  }

  #checkStatus([txId, code, block]: RecordedStatus): void {
    this.#statuses.add(txId);
    const place = this.#places.get(txId);
    if (place?.[0] !== code || place[1] !== block) this.#differences.push(`status of ${txId}`);
  }
}
