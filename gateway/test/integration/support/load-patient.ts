import type { Category, MspId, RelationRef, SubjectRef } from '@medaccord/chaincode/model';
import { checkIn, newWallet, registerPatient, revokeConsent, signConsent, type Recipient, type Wallet } from '../../../src/wallet';
import type { Answer, Door } from '../../support/door';
import type { ClientLog } from './load-client';

export interface LoadStage {
  readonly log: ClientLog;
  readonly custodian: Door;
  readonly counterparty: Door;
  /** Any member's gateway: each attempt may take another. */
  anyGateway(): Door;
  readonly recipients: readonly Recipient[];
}

const PERMITTED: readonly Category[] = ['laboratory'];

/** A patient whose client repeats exactly what it sent until it is answered, and keeps what it signed before it sends it. */
export class LoadPatient {
  wallet: Wallet = newWallet();
  subjectRef = '' as SubjectRef;
  relationRef = '' as RelationRef;
  /** Every version signed for the relation, from 1 on. */
  readonly consents: string[] = [];

  constructor(readonly stage: LoadStage) {}

  async register(mayLeave = false): Promise<Answer | undefined> {
    const { log, custodian } = this.stage;
    const { wallet, subjectRef, registration } = await registerPatient(this.wallet, custodian.mspId as MspId);
    Object.assign(this, { wallet, subjectRef });
    const body = { registration, details: { name: 'Load Example', birthDate: '1970-01-01' } };
    const newSend = (key: string) => async (): Promise<Answer> =>
      custodian.send('/api/patients', { token: await custodian.token('registrar'), key, body });
    return log.perform('register', newSend, mayLeave);
  }

  import(bundle: object, mayLeave = false): Promise<Answer | undefined> {
    const { log, custodian } = this.stage;
    const newSend = (key: string) => async (): Promise<Answer> =>
      custodian.send(`/api/imports?subject=${this.subjectRef}`, { token: await custodian.token('records'), key, body: bundle });
    return log.perform('import', newSend, mayLeave);
  }

  async checkIn(): Promise<Answer | undefined> {
    const { log, counterparty, recipients } = this.stage;
    const wish = { subjectRef: this.subjectRef, counterparty: counterparty.mspId as MspId, kinds: ['care'] as const };
    const { wallet, relationRef, request } = await checkIn(this.wallet, wish, recipients);
    Object.assign(this, { wallet, relationRef });
    this.consents.push(request.consent);
    return log.perform('check-in', () => () => this.stage.anyGateway().send('/api/relations', { body: request }));
  }

  async permit(): Promise<Answer | undefined> {
    const sets = [
      { base: 'deny' as const, exceptions: [{ decision: 'permit' as const, categories: PERMITTED, purposes: ['TREAT' as const] }] },
    ];
    return this.#record(await signConsent(this.wallet, this.relationRef, { sets, validity: null }, this.stage.recipients));
  }

  async revoke(): Promise<Answer | undefined> {
    return this.#record(await revokeConsent(this.wallet, this.relationRef));
  }

  request(mayLeave = false): Promise<Answer | undefined> {
    const { log, counterparty } = this.stage;
    const body = { relationRef: this.relationRef, purpose: 'TREAT', categories: PERMITTED };
    const newSend = (key: string) => async (): Promise<Answer> =>
      counterparty.send('/api/access-requests', { token: await counterparty.token('physician'), key, body, headers: { prefer: 'wait=3' } });
    return log.perform('request', newSend, mayLeave);
  }

  #record({ wallet, request }: Awaited<ReturnType<typeof revokeConsent>>): Promise<Answer | undefined> {
    this.wallet = wallet;
    this.consents.push(request.consent);
    return this.stage.log.perform('consent', () => () => this.stage.anyGateway().send('/api/consents', { body: request }));
  }
}
