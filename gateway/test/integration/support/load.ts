import { randomInt } from 'node:crypto';
import type { Door } from '../../support/door';
import { newBundle } from '../../support/test-patient';
import type { Recipient } from '../../../src/wallet';
import type { CommandedGateway } from './commanded-network';
import { ClientLog, type Operation } from './load-client';
import { LoadPatient, type LoadStage } from './load-patient';

/** How many clients of each kind work at the same time. */
export interface Clients {
  readonly registrars: number;
  readonly importers: number;
  /** Relations whose patient permits and revokes while the counterparty asks. */
  readonly relations: number;
}

const LARGEST_IMPORT = 60;

/**
 * Clients of a consortium at work: patients register at the first gateway and check in with the second, records are imported, consents given
 * and taken back, access asked for. All that was sent, and what was answered, is in `log`.
 */
export class Load {
  readonly log = new ClientLog();
  readonly patients: LoadPatient[] = [];
  readonly #stage: LoadStage;
  #clients: Promise<void>[] = [];
  #isOver = true;

  private constructor(stage: Omit<LoadStage, 'log'>) {
    this.#stage = { ...stage, log: this.log };
  }

  /** Needs the gateways of a running network, the custodian's first, then the counterparty's. */
  static async open(gateways: readonly CommandedGateway[]): Promise<Load> {
    const [custodian, counterparty] = gateways as [CommandedGateway, CommandedGateway];
    const recipients = await readRecipients(custodian, counterparty);
    return new Load({ custodian, counterparty, recipients, anyGateway: () => gateways[randomInt(gateways.length)]! });
  }

  /** Nothing changes where clients are at work already. */
  start({ registrars, importers, relations }: Clients): void {
    if (this.#clients.length > 0) return;
    this.#isOver = false;
    this.#clients = [
      ...Array.from({ length: registrars }, () => this.#keepRegistering()),
      ...Array.from({ length: importers }, () => this.#keepImporting()),
      ...Array.from({ length: relations }, () => this.#keepDeciding()),
    ];
  }

  /** Lets every client end what it has begun: what was sent is answered then, except where its client went away. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#clients);
    this.#clients = [];
  }

  /** Operations of a kind, or of all, that were answered for good. */
  acknowledged(kind?: Operation['kind']): Operation[] {
    return this.log.operations.filter((each) => each.acknowledged !== undefined && (kind === undefined || each.kind === kind));
  }

  async newPatient(isLeaving = false): Promise<LoadPatient> {
    const patient = new LoadPatient(this.#stage);
    this.patients.push(patient);
    await patient.register(isLeaving);
    return patient;
  }

  async #keepRegistering(): Promise<void> {
    while (!this.#isOver) await this.newPatient(mayLeave());
  }

  async #keepImporting(): Promise<void> {
    const patient = await this.newPatient();
    while (!this.#isOver) await patient.import(newBundle(randomInt(1, LARGEST_IMPORT)), mayLeave());
  }

  async #keepDeciding(): Promise<void> {
    const patient = await this.newPatient();
    await patient.import(newBundle(3));
    await patient.checkIn();
    while (!this.#isOver) {
      await patient.permit();
      await patient.request(mayLeave());
      // While one asks, the other decides.
      await Promise.all([patient.request(), patient.revoke()]);
      await patient.request(mayLeave());
    }
  }
}

/** To whom a relation's documents are sealed. */
export async function readRecipients(custodian: Door, counterparty: Door): Promise<readonly Recipient[]> {
  const { body } = await custodian.send('/api/organisations');
  const parties = [custodian.mspId, counterparty.mspId];
  const organisations = (body as { organisations: { mspId: string; encryption: Recipient['key'][] }[] }).organisations;
  return organisations.filter(({ mspId }) => parties.includes(mspId)).map(({ mspId, encryption }) => ({ mspId, key: encryption[0]! }));
}

/** Every fifth client goes away after the first trouble: what it wanted must have one effect or none all the same. */
const mayLeave = (): boolean => randomInt(5) === 0;
