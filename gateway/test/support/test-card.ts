import { randomUUID } from 'node:crypto';
import { addMinutes, formatInstant, type Category, type ConsentSet, type MspId, type Period } from '@medaccord/chaincode/model';
import {
  assistedValidity,
  checkIn,
  newCard,
  openCard,
  parseCard,
  registerPatient,
  signConsent,
  type SignedConsent,
  type SignedRelation,
} from '../../src/wallet';
import type { Answer, Doors } from './door';
import { TestPatient } from './test-patient';

/** The delay of the test consortium's rules, in hours. */
export const DELAY = 72;

export const validityNow = (): Period => {
  const now = formatInstant(Date.now());
  return assistedValidity(now, DELAY, addMinutes(now, 365 * 24 * 60));
};

/** A patient without a device: what she has is a card. */
export class TestCard extends TestPatient {
  private constructor(
    consortium: Doors,
    custodian: string,
    readonly card: string,
    readonly seed: string,
  ) {
    super(consortium, custodian);
  }

  static async issue(consortium: Doors, custodian = 'AlphaMSP'): Promise<TestCard> {
    const card = await newCard();
    const seed = await parseCard(card);
    const patient = new TestCard(consortium, custodian, card, seed);
    patient.wallet = await openCard(seed, custodian as MspId);
    return patient;
  }

  override async register(details: object = { name: 'Ada Example', birthDate: '1931-01-01' }): Promise<Answer> {
    const blank = { ...this.wallet, patients: [] };
    const { wallet, subjectRef, registration } = await registerPatient(blank, this.custodian as MspId, 'custodian', { assisted: true });
    this.wallet = wallet;
    this.subjectRef = subjectRef;
    return this.desk('/api/patients', { registration, details });
  }

  /** What somebody at the custodian's desk sends, with a token of the role. */
  async desk(path: string, body: unknown, { role = 'registrar', subject = 'ruth' } = {}): Promise<Answer> {
    const gateway = this.consortium.gateway(this.custodian);
    return gateway.send(path, { token: await gateway.token(role, subject), key: randomUUID(), body });
  }

  /** A relation that the card signed, not handed in yet. */
  async signRelation(
    counterparty = 'BetaMSP',
    mark: { readonly assisted?: { readonly validity: Period } } = { assisted: { validity: validityNow() } },
  ): Promise<SignedRelation> {
    const wish = { subjectRef: this.subjectRef as never, counterparty: counterparty as MspId, kinds: ['care'] as const, ...mark };
    const signed = await checkIn(this.wallet, wish, await this.recipients(counterparty));
    this.wallet = signed.wallet;
    this.relationRef = signed.relationRef;
    this.counterparty = counterparty;
    return signed.request;
  }

  /** A consent that the card signed, not handed in yet. */
  async signConsent(categories: readonly Category[], validity: Period | null = validityNow()): Promise<SignedConsent> {
    const sets: ConsentSet[] = [{ base: 'deny', exceptions: [{ decision: 'permit', categories, confidentiality: 'V' }] }];
    const signed = await signConsent(this.wallet, this.relationRef as never, { sets, validity }, await this.recipients(this.counterparty));
    this.wallet = signed.wallet;
    return signed.request;
  }

  /** Check-in and consent at the desk. */
  async permit(categories: readonly Category[], counterparty?: string): Promise<Answer> {
    const checkedIn = await this.desk('/api/assisted/relations', await this.signRelation(counterparty));
    if (checkedIn.status !== 201) return checkedIn;
    return this.desk('/api/assisted/consents', await this.signConsent(categories));
  }

  /** Somebody of the custodian tells her. */
  tell(version = 2, { role = 'records', subject = 'nora', channel = 'post' } = {}): Promise<Answer> {
    return this.desk(`/api/relations/${this.relationRef}/notices`, { version, channel }, { role, subject });
  }

  /** She asks a member's registrar to end it. */
  async endAt(mspId: string, role = 'registrar'): Promise<Answer> {
    const gateway = this.consortium.gateway(mspId);
    return gateway.send(`/api/relations/${this.relationRef}/end`, { token: await gateway.token(role), key: randomUUID(), body: {} });
  }
}
