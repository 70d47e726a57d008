import { formatInstant, type ConsentSet, type Instant, type Jwk, type MspId, type RelationRef } from '@medaccord/chaincode/model';
import {
  deriveDelegateKey,
  newDelegateToken,
  newWallet,
  revokeConsentFor,
  signConsentFor,
  signDelegation,
  type DelegationWish,
  type Wallet,
} from '../../src/wallet';
import type { Answer, Door } from './door';
import type { TestPatient } from './test-patient';

export const HOUR = 3_600_000;
/** An instant, from now. */
export const at = (ms: number): Instant => formatInstant(Date.now() + ms);

/** Somebody who acts for a patient, with a wallet of their own; by the first delegation unless another is named. */
export class TestDelegate {
  readonly wallet: Wallet = newWallet();

  constructor(readonly patient: TestPatient) {}

  get relationRef(): RelationRef {
    return this.patient.relationRef as RelationRef;
  }

  async key(): Promise<Jwk> {
    return (await deriveDelegateKey(this.wallet, this.relationRef)).publicJwk;
  }

  /** The patient lets the delegate act: a guardian with all powers from whom nothing is withheld, unless the wish says otherwise. */
  async grant(wish: Partial<DelegationWish> = {}, via = this.patient.counterparty): Promise<Answer> {
    const { patient, relationRef } = this;
    const [custodian] = (await patient.recipients(patient.custodian)).filter(({ mspId }) => mspId === patient.custodian);
    const signed = await signDelegation(
      patient.wallet,
      {
        relationRef,
        n: 1,
        key: await this.key(),
        kind: 'guardian',
        powers: ['consent', 'revoke', 'history'],
        validity: { from: at(-HOUR), until: at(HOUR) },
        withheld: [],
        majority: null,
        ...wish,
      },
      custodian!,
    );
    return patient.consortium.gateway(via).send('/api/delegations', { body: signed });
  }

  token(via: string, delegation = 1): Promise<string> {
    return newDelegateToken(this.wallet, { relationRef: this.relationRef, delegation }, via as MspId);
  }

  async read(what: string, via = this.patient.custodian, delegation = 1): Promise<Answer> {
    const gateway: Door = this.patient.consortium.gateway(via);
    return gateway.send(`/api/relations/${this.relationRef}/${what}`, { token: await this.token(via, delegation) });
  }

  async consentTo(sets: readonly ConsentSet[], version: number, via = this.patient.counterparty, delegation = 1): Promise<Answer> {
    const { relationRef, patient } = this;
    const wish = { sets, validity: null, recipients: await patient.recipients(patient.counterparty) };
    const signed = await signConsentFor(this.wallet, { relationRef, delegation, version }, wish);
    return patient.consortium.gateway(via).send('/api/consents', { body: signed });
  }

  async revoke(version: number, via = this.patient.counterparty, delegation = 1): Promise<Answer> {
    const signed = await revokeConsentFor(this.wallet, { relationRef: this.relationRef, delegation, version });
    return this.patient.consortium.gateway(via).send('/api/consents', { body: signed });
  }
}
