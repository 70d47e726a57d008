import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { signCoverage, type OfferedCoverage } from '../../src/wallet';
import type { Answer } from './door';
import type { TestPatient } from './test-patient';

/** The demonstration plan, with parts of it changed. */
export function newPlan(changed: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const text = readFileSync(join(__dirname, '../../samples/demonstration-plan.json'), 'utf8');
  return { ...(JSON.parse(text) as Record<string, unknown>), ...changed };
}

/** A patient's coverage by the insurer of her newest relation. */
export class TestCoverage {
  coverageId = '';

  constructor(
    readonly patient: TestPatient,
    readonly insurer = 'GammaMSP',
  ) {}

  async publish(plan: object = newPlan()): Promise<Answer> {
    const gateway = this.patient.consortium.gateway(this.insurer);
    return gateway.send('/api/plans', { token: await gateway.token('insurer-clerk'), body: { plan } });
  }

  async offer(terms: object = {}): Promise<Answer> {
    const gateway = this.patient.consortium.gateway(this.insurer);
    const { relationRef } = this.patient;
    const body = {
      ...{ relationRef, planId: 'demonstration', period: { from: '2020-01-01', until: null }, order: 'primary', isInNetwork: true },
      ...terms,
    };
    const answer = await gateway.send('/api/coverages/offers', { token: await gateway.token('insurer-clerk'), key: randomUUID(), body });
    this.coverageId = answer.body.document?.coverageId ?? '';
    return answer;
  }

  async readOffers(): Promise<Answer> {
    const path = `/api/relations/${this.patient.relationRef}/coverage-offers`;
    return this.patient.consortium.gateway(this.insurer).send(path, { token: await this.patient.token(this.insurer) });
  }

  /** Signs what was offered, as the wallet read it. */
  async sign(offer?: OfferedCoverage): Promise<Answer> {
    const { body } = offer === undefined ? await this.readOffers() : { body: { offers: [offer] } };
    const signed = await signCoverage(this.patient.wallet, body.offers[0], await this.patient.recipients(this.insurer));
    return this.patient.consortium.gateway(this.insurer).send('/api/coverages', { body: signed });
  }

  /** From the plan to the patient's signature. */
  async begin(plan?: object, terms?: object): Promise<Answer> {
    if (plan !== undefined) await this.publish(plan);
    await this.offer(terms);
    return this.sign();
  }

  async change(status: string): Promise<Answer> {
    const gateway = this.patient.consortium.gateway(this.insurer);
    const path = `/api/coverages/${this.patient.relationRef}/${this.coverageId}`;
    return gateway.send(path, { method: 'PATCH', token: await gateway.token('insurer-clerk'), body: { status } });
  }
}
