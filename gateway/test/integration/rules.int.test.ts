import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ask, newBundle, TestPatient } from '../support/test-patient';
import { CommandedNetwork, until } from './support/commanded-network';

jest.setTimeout(180_000);

interface Spec {
  readonly organisations: readonly { readonly name: string; readonly mspId: string; readonly role: string }[];
  readonly chaincode: { readonly first: readonly { readonly arguments: readonly object[] }[] };
}

const TOPOLOGIES = join(__dirname, '../../../network/topologies');
const folder = mkdtempSync(join(tmpdir(), 'medaccord-rules-'));
const change = join(folder, 'change.json');
const spec = JSON.parse(readFileSync(join(TOPOLOGIES, 'five-members.json'), 'utf8')) as Spec;
const [northside, lakeview, unity, authority, riverside] = spec.organisations.map(({ name }) => name) as [
  string,
  string,
  string,
  string,
  string,
];

let network: CommandedNetwork;

/** Five members of the channel, of whom the first version of the rules names four: as after `join`. */
beforeAll(async () => {
  const [first] = spec.chaincode.first;
  const roles = Object.fromEntries(spec.organisations.slice(0, 4).map(({ mspId, role }) => [mspId, role]));
  const adoption = { ...first, arguments: [{ ...first?.arguments[0], roles }] };
  const file = join(folder, 'topology.json');
  writeFileSync(file, JSON.stringify({ ...spec, chaincode: { ...spec.chaincode, first: [adoption] } }));
  network = await CommandedNetwork.create(relative(TOPOLOGIES, file));
  await network.up();
});

afterAll(async () => {
  await network.remove();
  rmSync(folder, { recursive: true, force: true });
});

const mspIdOf = (name: string): string => spec.organisations.find((one) => one.name === name)?.mspId ?? '';
const rules = async (...options: readonly string[]): Promise<Record<string, unknown>> => {
  const { lines } = await network.ask('rules', ...options);
  return lines[0] ?? {};
};
const memberAt = async (name: string, seenBy = northside): Promise<unknown> => {
  const { body } = await network.gateway(mspIdOf(seenBy)).send('/api/organisations');
  return (body as { organisations: { mspId: string }[] }).organisations.find(({ mspId }) => mspId === mspIdOf(name));
};

test('a new member gets its role when a majority has approved that very change, each on its own', async () => {
  expect(await memberAt(riverside)).toMatchObject({ role: null });
  const dry = await rules('members', '--dry-run');
  expect(dry).toMatchObject({ ok: true, written: false, changes: [expect.stringContaining(`${mspIdOf(riverside)} becomes a member`)] });
  expect(await rules('members', '--output', change)).toMatchObject({ ok: true, file: change, version: 2 });
  for (const name of [northside, lakeview]) {
    expect(await rules('approve', change, '--organisation', name)).toMatchObject({ ok: true, needed: 3 });
  }
  expect(await rules('adopt', change)).toMatchObject({ ok: false, error: { code: 'RULES_UNAPPROVED' } });
  expect(await rules('approve', change, '--organisation', riverside)).toMatchObject({ ok: false, error: { code: 'LEDGER_REFUSED' } });
  await rules('approve', change, '--organisation', unity);
  const approvals = (await rules('show', change))['approvals'] as { mspId: string; approved: boolean }[];
  expect(approvals.filter(({ approved }) => !approved)).toEqual([{ mspId: mspIdOf(authority), approved: false }]);
  expect(await rules('adopt', change, '--organisation', authority)).toMatchObject({ ok: true, version: 2, changed: true });
  expect(await rules('adopt', change)).toMatchObject({ ok: true, changed: false });
  expect(await rules('members')).toMatchObject({ ok: true, changed: false });
  await until('the gateway knows the new role', async () => JSON.stringify(await memberAt(riverside)).includes('hospital'));
});

test('a suspended member gets nothing from the block on in which a majority suspends it, until it is reinstated', async () => {
  const patient = new TestPatient(network, mspIdOf(northside));
  await patient.register();
  await patient.import(newBundle(1));
  await patient.checkIn(mspIdOf(lakeview));
  await patient.consent(mspIdOf(lakeview), ['laboratory']);
  const clinic = network.gateway(mspIdOf(lakeview));
  const answer = async (): Promise<string> => {
    const { body } = await ask(clinic, patient.relationRef, ['laboratory'], { wait: 20 });
    return String(body.status === 422 ? body.code : body.status);
  };
  expect(await answer()).toBe('released');
  expect(await rules('suspend', lakeview, '--approve-all')).toMatchObject({ ok: true, version: 3, changed: true });
  expect(await answer()).toBe('ORGANISATION_NOT_ACTIVE');
  expect(await rules('show')).toMatchObject({ document: { version: 3, suspended: [mspIdOf(lakeview)] } });
  expect(await rules('reinstate', lakeview, '--approve-all')).toMatchObject({ ok: true, version: 4 });
  expect(await answer()).toBe('released');
});
