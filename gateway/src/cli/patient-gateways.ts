import { GatewayClient, StoryError, type Answers, type Member } from '../story';
import { usage } from './command';
import type { Connections } from './connections';

export type PatientState = Answers['patientState'];

/** Ways to what the ledger has of a patient: any member's gateway. */
export class PatientGateways {
  readonly #members: readonly Member[];

  /** @param at the member that is asked first; without it the order of the connection document */
  constructor({ members }: Connections, at: string | undefined) {
    const named = members.filter(({ mspId }) => mspId === at);
    if (at !== undefined && named.length === 0) throw usage(`--at must be one of ${members.map(({ mspId }) => mspId).join(', ')}.`);
    this.#members = [...new Set([...named, ...members])];
  }

  read(subjectRef: string): Promise<PatientState> {
    return this.ask((client) => client.get(`/api/patients/${encodeURIComponent(subjectRef)}`));
  }

  /** Puts a statement of a patient or a guardian on the ledger; answers the transaction. */
  async record(statement: string): Promise<string> {
    const { transactionId } = await this.ask((client) => client.post<Answers['patientStep']>('/api/patient-statements', { statement }));
    return transactionId;
  }

  /** The first answer; a gateway that does not answer is passed over. @throws {StoryError} */
  async ask<T>(question: (client: GatewayClient) => Promise<T>): Promise<T> {
    let failure: unknown;
    for (const { gateway } of this.#members) {
      try {
        return await question(new GatewayClient(gateway, { allMs: 2_000, attemptMs: 20_000 }));
      } catch (error) {
        if (!(error instanceof StoryError) || error.code !== 'GATEWAY_UNREACHABLE') throw error;
        failure = error;
      }
    }
    throw failure;
  }
}
