import { randomUUID } from 'node:crypto';
import {
  askingRolesOf,
  type Category,
  type ConsentSet,
  type MspId,
  type Proof,
  type Purpose,
  type RelationKind,
} from '@medaccord/chaincode/model';
import {
  checkIn,
  newRelationToken,
  newWallet,
  registerPatient,
  revokeConsent,
  signConsent,
  type ConsentWish,
  type Recipient,
  type Wallet,
} from '../../src/wallet';
import type { Answer, Door, Doors } from './door';

/** A patient with a wallet of her own, at one custodian. */
export class TestPatient {
  wallet: Wallet = newWallet();
  subjectRef = '';
  relationRef = '';
  /** Of her newest relation. */
  counterparty = '';

  constructor(
    readonly consortium: Doors,
    readonly custodian: string,
  ) {}

  async register(details: object = { name: 'Ada Example', birthDate: '1970-01-01' }): Promise<Answer> {
    const { wallet, subjectRef, registration } = await registerPatient(this.wallet, this.custodian as MspId);
    this.wallet = wallet;
    this.subjectRef = subjectRef;
    const gateway = this.consortium.gateway(this.custodian);
    return gateway.send('/api/patients', { token: await gateway.token('registrar'), key: randomUUID(), body: { registration, details } });
  }

  async import(bundle: string | object, key: string = randomUUID()): Promise<Answer> {
    const gateway = this.consortium.gateway(this.custodian);
    return gateway.send(`/api/imports?subject=${this.subjectRef}`, { token: await gateway.token('records'), key, body: bundle });
  }

  async checkIn(counterparty: string, via: string = counterparty, kinds: readonly RelationKind[] = ['care']): Promise<Answer> {
    const wish = { subjectRef: this.subjectRef as never, counterparty: counterparty as MspId, kinds };
    const signed = await checkIn(this.wallet, wish, await this.recipients(counterparty));
    this.wallet = signed.wallet;
    this.relationRef = signed.relationRef;
    this.counterparty = counterparty;
    return this.consortium.gateway(via).send('/api/relations', { body: signed.request });
  }

  consent(counterparty: string, categories: readonly Category[], via: string = counterparty): Promise<Answer> {
    const exceptions = [{ decision: 'permit' as const, categories, purposes: ['TREAT'] as Purpose[] }];
    return this.consentTo(counterparty, [{ base: 'deny', exceptions }], via);
  }

  consentTo(counterparty: string, sets: readonly ConsentSet[], via: string = counterparty): Promise<Answer> {
    return this.sign(counterparty, { sets, validity: null }, via);
  }

  async sign(counterparty: string, wish: ConsentWish, via: string = counterparty): Promise<Answer> {
    const signed = await signConsent(this.wallet, this.relationRef as never, wish, await this.recipients(counterparty));
    this.wallet = signed.wallet;
    return this.consortium.gateway(via).send('/api/consents', { body: signed.request });
  }

  async revoke(via: string): Promise<Answer> {
    const signed = await revokeConsent(this.wallet, this.relationRef as never);
    this.wallet = signed.wallet;
    return this.consortium.gateway(via).send('/api/consents', { body: signed.request });
  }

  token(via: string): Promise<string> {
    return newRelationToken(this.wallet, this.relationRef, via as MspId);
  }

  async recipients(counterparty: string): Promise<readonly Recipient[]> {
    const { body } = await this.consortium.gateway(this.custodian).send('/api/organisations');
    const organisations = (body as { organisations: { mspId: string; encryption: Recipient['key'][] }[] }).organisations;
    return organisations
      .filter(({ mspId }) => mspId === counterparty || mspId === this.custodian)
      .map(({ mspId, encryption }) => ({ mspId, key: encryption[0] as Recipient['key'] }));
  }
}

/** Asks for access, to treat unless it says for what, and waits for the answer. */
export async function ask(
  gateway: Door,
  relationRef: string,
  categories: readonly Category[],
  more: { key?: string; wait?: number; token?: string; purpose?: Purpose; proof?: Proof } = {},
): Promise<Answer> {
  const { purpose = 'TREAT', proof } = more;
  return gateway.send('/api/access-requests', {
    token: more.token ?? (await gateway.token(askingRolesOf(purpose)[0])),
    key: more.key ?? randomUUID(),
    headers: { prefer: `wait=${String(more.wait ?? 10)}` },
    body: { relationRef, purpose, categories, ...(proof && { proof }) },
  });
}

/** A small transaction bundle: one patient and `observations` laboratory results of hers. */
export function newBundle(observations: number, mark = 'x'): object {
  const patient = `urn:uuid:${randomUUID()}`;
  const entries = Array.from({ length: observations }, (_, at) => ({
    fullUrl: `urn:uuid:${randomUUID()}`,
    resource: {
      resourceType: 'Observation',
      status: 'final',
      category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] }],
      code: { text: `glucose ${mark}` },
      subject: { reference: patient },
      effectiveDateTime: '2025-03-01',
      valueQuantity: { value: at, unit: 'mmol/l' },
    },
    request: { method: 'POST', url: 'Observation' },
  }));
  const demographics = { resourceType: 'Patient', name: [{ family: `Family-${mark}` }], birthDate: '1970-01-01' };
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [{ fullUrl: patient, resource: demographics, request: { method: 'POST', url: 'Patient' } }, ...entries],
  };
}

/** A transaction bundle of one patient and something that she takes. */
export function newMedicationBundle(): object {
  const [person, medication] = [`urn:uuid:${randomUUID()}`, `urn:uuid:${randomUUID()}`];
  const entry = (fullUrl: string, resource: { readonly resourceType: string }): object => ({
    fullUrl,
    resource,
    request: { method: 'POST', url: resource.resourceType },
  });
  const patient = { resourceType: 'Patient', name: [{ family: 'Example' }] };
  const taken = {
    resourceType: 'MedicationStatement',
    status: 'active',
    subject: { reference: person },
    medicationCodeableConcept: { text: 'x' },
  };
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [entry(person, patient), entry(medication, taken)],
  };
}
