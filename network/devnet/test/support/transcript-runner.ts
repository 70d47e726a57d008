import { GatewayError, type Contract, type SubmittedTransaction, type Transaction } from '@hyperledger/fabric-gateway';
import { common } from '@hyperledger/fabric-protos';
import { gateway as protos } from '@hyperledger/fabric-protos';
import { readPayload, readSerializedIdentity } from '../../src/proto/envelopes';
import { readActionPayload, readTransaction } from '../../src/proto/transactions';
import { mspIdOf, type RecordedAnswer, type Step } from './recording';

export interface TranscriptNetwork {
  /** The golden contract through an organisation's own gateway. */
  readonly contract: (mspId: string) => Contract;
  /** Orders everything that the work submits in one block. */
  readonly inOneBlock: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Runs the steps of the transcript through stock clients, and answers as the recording does. */
export class TranscriptRunner {
  readonly #kept = new Map<string, Transaction>();

  constructor(readonly network: TranscriptNetwork) {}

  async run(step: Step): Promise<RecordedAnswer> {
    try {
      switch (step.kind) {
        case 'evaluate':
          return { result: text(await this.#contract(step).evaluate('run', this.#options(step))) };
        case 'endorse':
          return await this.#endorse(step);
        case 'submit':
          return await this.#submit(step);
        case 'order':
          return { each: await this.#order(step.script as readonly string[]) };
        case 'again':
          await this.#find(step.script[0] as string).submit();
          return {};
      }
    } catch (error) {
      if (error instanceof GatewayError) return { error: describe(error) };
      throw error;
    }
  }

  #contract(step: Step): Contract {
    return this.network.contract(mspIdOf(step.org ?? ''));
  }

  #options({ script, transient, orgs }: Step): {
    arguments: string[];
    transientData?: Record<string, string>;
    endorsingOrganizations?: string[];
  } {
    return {
      arguments: [JSON.stringify(script)],
      ...(transient === undefined ? {} : { transientData: { ...transient } }),
      ...(orgs === undefined ? {} : { endorsingOrganizations: [...orgs] }),
    };
  }

  async #endorse(step: Step): Promise<RecordedAnswer> {
    const transaction = await this.#contract(step).newProposal('run', this.#options(step)).endorse();
    this.#kept.set(step.as ?? '', transaction);
    return describeEndorsed(transaction);
  }

  async #submit(step: Step): Promise<RecordedAnswer> {
    const transaction = await this.#contract(step).newProposal('run', this.#options(step)).endorse();
    const { code, blockNumber } = await (await transaction.submit()).getStatus();
    return { ...describeEndorsed(transaction), code, block: Number(blockNumber) };
  }

  async #order(names: readonly string[]): Promise<NonNullable<RecordedAnswer['each']>> {
    const submitted: (readonly [string, SubmittedTransaction])[] = [];
    await this.network.inOneBlock(async () => {
      for (const name of names) submitted.push([name, await this.#find(name).submit()]);
    });
    const statuses = submitted.map(async ([name, commit]) => {
      const { code, blockNumber } = await commit.getStatus();
      return { name, code, block: Number(blockNumber) };
    });
    return Promise.all(statuses);
  }

  #find(name: string): Transaction {
    const transaction = this.#kept.get(name);
    if (transaction === undefined) throw new Error(`no step kept a transaction ${name}`);
    return transaction;
  }
}

function describeEndorsed(transaction: Transaction): RecordedAnswer {
  const prepared = protos.PreparedTransaction.deserializeBinary(transaction.getBytes());
  const envelope = prepared.getEnvelope() ?? new common.Envelope();
  const [action] = readTransaction(readPayload(envelope.getPayload_asU8()).data);
  const endorsements = (action && readActionPayload(action.payload)?.endorsements) ?? [];
  const endorsers = endorsements.map(({ endorser }) => readSerializedIdentity(endorser).mspId).sort();
  return { result: text(transaction.getResult()), endorsers, txid: transaction.getTransactionId() };
}

function describe(error: GatewayError): NonNullable<RecordedAnswer['error']> {
  return {
    name: error.name,
    code: error.code,
    message: error.message,
    details: error.details.map(({ mspId, message }) => [mspId, message] as const),
  };
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
