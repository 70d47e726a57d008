import { randomUUID } from 'node:crypto';
import { ordinaryCategories } from '@medaccord/chaincode/model';
import type { Answer, Doors } from '../../support/door';
import { TestCoverage } from '../../support/test-coverage';
import { TestPatient } from '../../support/test-patient';
import { newVisitBundle } from '../../support/visit-bundle';
import { CommandedNetwork, until } from './commanded-network';
import { KillPoints } from './kill-points';
import { countUnknown } from './open-work';
import { ProxiedGateway } from './proxied-gateway';

export type Side = 'hospital' | 'insurer';

/**
 * A hospital and an insurer whose gateways can be killed at any message, and a patient of both who was seen and is covered, and lets her
 * insurer see what it needs to pay.
 */
export class ClaimsStage {
  private constructor(
    readonly network: CommandedNetwork,
    readonly proxied: Readonly<Record<Side, ProxiedGateway>>,
    readonly points: Readonly<Record<Side, KillPoints>>,
    readonly patient: TestPatient,
    readonly coverageId: string,
    /** A visit of hers, as a FHIR reference. */
    readonly encounter: string,
  ) {}

  static async open(plan: object): Promise<ClaimsStage> {
    const network = await CommandedNetwork.create();
    await network.up();
    const [{ mspId: hospital }, , { mspId: insurer }] = network.gateways as unknown as [{ mspId: string }, unknown, { mspId: string }];
    const proxied = { hospital: await ProxiedGateway.open(network, hospital), insurer: await ProxiedGateway.open(network, insurer) };
    const points = { hospital: new KillPoints(proxied.hospital), insurer: new KillPoints(proxied.insurer) };
    await Promise.all([proxied.hospital.gateway.untilReady(), proxied.insurer.gateway.untilReady()]);
    const doors: Doors = { gateway: (mspId) => (mspId === hospital ? proxied.hospital.front : proxied.insurer.front) };
    const patient = new TestPatient(doors, hospital);
    expect((await patient.register()).status).toBe(201);
    const { resources } = (await patient.import(newVisitBundle())).body as { resources: { reference: string }[] };
    const encounter = resources.find(({ reference }) => reference.startsWith('Encounter/'))?.reference ?? '';
    expect((await patient.checkIn(insurer, insurer, ['cover'])).status).toBe(201);
    const exceptions = [{ decision: 'permit' as const, categories: ordinaryCategories, purposes: ['HPAYMT' as const] }];
    expect((await patient.consentTo(insurer, [{ base: 'deny', exceptions }])).status).toBe(201);
    const coverage = new TestCoverage(patient, insurer);
    expect((await coverage.begin(plan)).status).toBe(201);
    return new ClaimsStage(network, proxied, points, patient, coverage.coverageId, encounter);
  }

  /** Bills the visit on a day; gives the claim when the insurer has decided it and the hospital has worked that out again. */
  async billUntilChecked(day: string, charge: number): Promise<string> {
    const { patient, coverageId, encounter } = this;
    const line = { service: { system: 'http://snomed.info/sct', code: '390906007' }, day, charge };
    const body = { relationRef: patient.relationRef, coverageId, type: 'institutional', currency: 'USD', encounter, lines: [line] };
    const made = await this.untilAnswered('hospital', '/api/claims', { key: randomUUID(), body });
    const { claimId } = made.body as { claimId: string };
    const path = `/api/claims/${patient.relationRef}/${claimId}`;
    const isChecked = ({ body: read }: Answer): boolean =>
      (read as { adjudications: { check: { verdict: string } | null }[] }).adjudications.some(({ check }) => check?.verdict === 'agrees');
    await this.untilAnswered('hospital', path, {}, isChecked);
    return claimId;
  }

  /** Sends the same again, as a client does whose connection broke, until it is answered well. */
  async untilAnswered(
    side: Side,
    path: string,
    sent: { readonly method?: string; readonly key?: string; readonly body?: object },
    isDone: (answer: Answer) => boolean = () => true,
  ): Promise<Answer> {
    const { front } = this.proxied[side];
    const role = side === 'hospital' ? 'records' : 'insurer-clerk';
    let answer: Answer | undefined;
    await until(`${side}: ${path}`, async () => {
      answer = await front.send(path, { token: await front.token(role), ...sent }).catch(() => undefined);
      // Whoever repeats what was done is told so: nothing stands against it.
      if (answer !== undefined) expect([answer.status, answer.body]).not.toEqual([409, expect.anything()]);
      return answer !== undefined && answer.status < 300 && isDone(answer);
    });
    return answer!;
  }

  /** Until neither gateway carries anything that an earlier kill left: it would be taken for what comes next. */
  async untilSettled(): Promise<void> {
    for (const { gateway, data } of Object.values(this.proxied))
      await until('every outcome is known', () => countUnknown({ mspId: gateway.mspId, connection: { data } }) === 0);
  }

  async close(): Promise<void> {
    await this.proxied.hospital.close();
    await this.proxied.insurer.close();
    await this.network.remove();
  }
}
