import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ordinaryCategories } from '@medaccord/chaincode/model';
import { writeWalletFile } from '../../src/wallet/wallet-file';
import { newPlan, TestCoverage } from '../support/test-coverage';
import { TestPatient } from '../support/test-patient';
import { newVisitBundle } from '../support/visit-bundle';
import { CommandedNetwork, until, type CommandedGateway } from './support/commanded-network';
import { runCommand } from './support/run-command';
import { ScratchTopology } from './support/scratch-topology';

jest.setTimeout(240_000);

const CLI = join(__dirname, '../../dist/cli/main.js');
/** A visit for 125.00 with 25.00 to pay, an examination for 610.00 after 500.00, and 20 % of the rest to pay. */
const BENEFIT = 18_800;
/** With a deductible of 510.00. */
const LESS = 18_000;

type Lie = 'deductible' | 'version';

interface Decision {
  readonly manner: string;
  readonly planVersion: number;
  readonly benefit: number;
  readonly overrides: readonly object[];
  readonly check: { readonly verdict: string; readonly problems: readonly string[] };
}

let topology: ScratchTopology;
let network: CommandedNetwork;
let hospital: CommandedGateway;
let insurer: CommandedGateway;
let patient: TestPatient;
let coverage: TestCoverage;
/** The Claim resource of the visit. */
let claim: string;

beforeAll(async () => {
  topology = new ScratchTopology('default.json', ({ chaincode, ...rest }, folder) => ({
    ...{ ...rest, chaincode: { ...chaincode, folder: join(folder, 'chaincode') }, gateway: { folder: join(folder, 'gateway') } },
  }));
  for (const folder of ['chaincode', 'gateway/dist']) topology.copy('underpaying-insurer', folder);
  network = await CommandedNetwork.create(topology.name);
  await network.up();
  [hospital, , insurer] = network.gateways as [CommandedGateway, CommandedGateway, CommandedGateway];
});

beforeEach(async () => {
  rmSync(liesFile(), { force: true });
  patient = new TestPatient(network, hospital.mspId);
  coverage = new TestCoverage(patient, insurer.mspId);
  expect((await patient.register()).status).toBe(201);
  const { resources } = (await patient.import(newVisitBundle())).body as { resources: { reference: string }[] };
  claim = resources.find(({ reference }) => reference.startsWith('Claim/'))?.reference ?? '';
  expect((await patient.checkIn(insurer.mspId, insurer.mspId, ['cover'])).status).toBe(201);
  const exceptions = [{ decision: 'permit' as const, categories: ordinaryCategories, purposes: ['HPAYMT' as const] }];
  expect((await patient.consentTo(insurer.mspId, [{ base: 'deny', exceptions }])).status).toBe(201);
});

afterAll(async () => {
  await network.remove();
  topology.remove();
});

const liesFile = (): string => join(topology.folder, 'lies.json');
const lie = (lies: Readonly<Partial<Record<'chaincode' | 'gateway', Lie>>>): void => writeFileSync(liesFile(), JSON.stringify(lies));

async function takeOutCover(planId: string, changed: object = {}): Promise<void> {
  expect((await coverage.begin(newPlan({ planId, filingDays: null, ...changed }), { planId })).status).toBe(201);
}

async function bill(): Promise<string> {
  const body = { relationRef: patient.relationRef, coverageId: coverage.coverageId, claim };
  const made = await hospital.send('/api/claims', { token: await hospital.token('records'), key: randomUUID(), body });
  expect([made.status, made.body]).toEqual([201, expect.anything()]);
  return (made.body as { claimId: string }).claimId;
}

/** What the hospital's gateway makes of the decision. */
async function untilChecked(claimId: string): Promise<Decision> {
  const path = `/api/claims/${patient.relationRef}/${claimId}`;
  let found: Decision | undefined;
  await until('the hospital has worked out the decision', async () => {
    const { body } = await hospital.send(path, { token: await hospital.token('records'), headers: { prefer: 'wait=20' } });
    const [{ document, check } = { document: undefined, check: null }] = body.adjudications;
    if (check === null) return false;
    const { manner, planVersion, decided } = document;
    found = { manner, planVersion, benefit: decided.result.totals.benefit, overrides: decided.overrides, check };
    return true;
  });
  return found!;
}

async function countAlarms(): Promise<number> {
  const { text } = await hospital.send('/metrics', { token: await hospital.token('operator') });
  return Number(/medaccord_gateway_alarms\{kind="adjudication_differs"\} (\d+)/.exec(text)?.[1] ?? 0);
}

/** What her wallet prints, as she would ask it. */
async function readClaims(): Promise<string> {
  const file = join(topology.folder, `${randomUUID()}.json`);
  await writeWalletFile(file, patient.wallet, undefined);
  const { code, output } = await runCommand(CLI, 'wallet', 'claims', '--connections', network.run, '--wallet', file);
  expect(code).toBe(0);
  return output;
}

const byRule = { manner: 'rule', overrides: [] };
const agrees = { verdict: 'agrees', problems: [] };

async function expectFlagged(claimId: string, alarms: number): Promise<void> {
  expect(await countAlarms()).toBe(alarms + 1);
  expect(network.readLog('gateway-northside')).toMatch(new RegExp(`"claimId":"${claimId}".*not what the plan of its insurer says`));
  expect(await readClaims()).toContain('DIFFERS from what your plan says');
}

test('what an insurer decides by its plan agrees with what hospital and patient work out', async () => {
  await takeOutCover('honest');
  const alarms = await countAlarms();
  expect(await untilChecked(await bill())).toEqual({ ...byRule, planVersion: 1, benefit: BENEFIT, check: agrees });
  expect(await countAlarms()).toBe(alarms);
  expect(await readClaims()).toContain('Worked out again by your wallet: the same.');
});

test('what its gateway alone decides beside the plan, its own chaincode refuses', async () => {
  await takeOutCover('refused');
  lie({ gateway: 'deductible' });
  const claimId = await bill();
  await until('the chaincode refuses it', () => network.readLog('gateway-unity').includes('ADJUDICATION_INVALID'));
  rmSync(liesFile());
  expect(await untilChecked(claimId)).toEqual({ ...byRule, planVersion: 1, benefit: BENEFIT, check: agrees });
});

test('what it underpays with altered chaincode is committed, and flagged by the hospital and by the patient', async () => {
  await takeOutCover('underpaid');
  const alarms = await countAlarms();
  lie({ chaincode: 'deductible', gateway: 'deductible' });
  const claimId = await bill();
  const check = { verdict: 'differs', problems: ['result'] };
  expect(await untilChecked(claimId)).toEqual({ ...byRule, planVersion: 1, benefit: LESS, check });
  await expectFlagged(claimId, alarms);
});

test('what it decides by another version of the plan than the one in force is flagged, too', async () => {
  // Evidence is released by the version in force: the insurer would wait for what its own chaincode refuses to release.
  await takeOutCover('renewed', { evidence: [] });
  const renewed = newPlan({ planId: 'renewed', version: 2, filingDays: null, evidence: [], deductible: 0 });
  expect((await coverage.publish(renewed)).status).toBe(201);
  const alarms = await countAlarms();
  lie({ chaincode: 'version', gateway: 'version' });
  const claimId = await bill();
  const check = { verdict: 'differs', problems: ['plan'] };
  expect(await untilChecked(claimId)).toEqual({ ...byRule, planVersion: 1, benefit: BENEFIT, check });
  await expectFlagged(claimId, alarms);
});
