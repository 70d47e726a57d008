import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCanaries, newCanaryBundle, readFolder } from '../support/find-canaries';
import type { RunningGateway } from '../support/running-network';
import { RunningNetwork } from '../support/running-network';
import { ask, TestPatient } from '../support/test-patient';

const sample = readFileSync(join(__dirname, '../../samples/diabetes-follow-up.json'), 'utf8');

let network: RunningNetwork;
let custodian: RunningGateway;
let counterparty: RunningGateway;
let insurer: RunningGateway;

beforeAll(async () => {
  network = await RunningNetwork.start();
  const [first = '', second = ''] = network.membersOf('hospital');
  custodian = network.gateway(first);
  counterparty = network.gateway(second);
  insurer = network.gateway(network.membersOf('insurer')[0] ?? '');
}, 90_000);

afterAll(async () => {
  await network.stop();
  network.remove();
}, 60_000);

const newPatient = async (
  bundle: string | object,
): Promise<{ patient: TestPatient; resources: { recordId: string; category: string }[] }> => {
  const patient = new TestPatient(network, custodian.mspId);
  expect((await patient.register()).status).toBe(201);
  const imported = await patient.import(bundle);
  expect([imported.status, imported.text.slice(0, 200)]).toEqual([201, expect.anything()]);
  expect((await patient.checkIn(counterparty.mspId)).status).toBe(201);
  return { patient, resources: imported.body.resources };
};

describe('the main job on a real network', () => {
  it('releases exactly what was consented to, byte for byte, and nothing before the consent or after its end', async () => {
    const { patient, resources } = await newPatient(sample);
    expect((await ask(counterparty, patient.relationRef, ['laboratory'])).body).toMatchObject({
      status: 'refused',
      refusal: { code: 'NOT_PERMITTED' },
    });
    await patient.consent(counterparty.mspId, ['laboratory', 'conditions']);
    const { body } = await ask(counterparty, patient.relationRef, ['laboratory', 'conditions', 'medications', 'demographics']);
    expect(body).toMatchObject({ status: 'released' });
    const release = await counterparty.send(`/api/releases/${body.requestId}`, { token: await counterparty.token('physician') });
    const consented = resources.filter(({ category }) => ['laboratory', 'conditions'].includes(category)).map(({ recordId }) => recordId);
    expect(consented.length).toBeGreaterThan(2);
    expect(release.body.resources.map(({ recordId }: { recordId: string }) => recordId).sort()).toEqual(consented.sort());
    for (const { recordId, resource } of release.body.resources) {
      expect((await custodian.send(`/api/records/${recordId}`, { token: await custodian.token('records') })).text).toBe(resource);
    }
    expect((await ask(insurer, patient.relationRef, ['laboratory'])).body).toMatchObject({ status: 'refused' });
    expect((await patient.revoke(insurer.mspId)).status).toBe(201);
    expect((await ask(counterparty, patient.relationRef, ['laboratory'])).body).toMatchObject({ status: 'refused' });
  }, 60_000);

  it('works while submits lose their answers and a peer lags behind', async () => {
    await network.control('lose-submit-answer', { count: 7 });
    const { patient } = await newPatient(sample);
    await network.control('lose-submit-answer', { count: 3 });
    await patient.consent(counterparty.mspId, ['laboratory']);
    await network.control('hold-back-peer', { mspId: counterparty.mspId, blocks: 1 });
    const asked = ask(counterparty, patient.relationRef, ['laboratory'], { wait: 30 });
    await network.control('hold-back-peer', { mspId: counterparty.mspId, blocks: 0 });
    expect((await asked).body).toMatchObject({ status: 'released' });
    const history = await custodian.send(`/api/relations/${patient.relationRef}/history`, { token: await patient.token(custodian.mspId) });
    expect(history.body.entries.map(({ kind }: { kind: string }) => kind)).toEqual([
      'relation',
      'consent',
      'consent',
      'request',
      'decision',
      'delivery',
    ]);
  }, 60_000);

  it("takes a consent and its end through another organisation's gateway while the custodian's peer is down", async () => {
    const { patient } = await newPatient(sample);
    await network.control('take-down-peer', { mspId: custodian.mspId });
    try {
      const consented = await patient.consent(counterparty.mspId, ['laboratory'], insurer.mspId);
      expect([consented.status, consented.body.deliveries]).toEqual([
        201,
        expect.arrayContaining([expect.objectContaining({ status: 'pending' })]),
      ]);
      expect((await patient.revoke(insurer.mspId)).status).toBe(201);
    } finally {
      await network.control('bring-up-peer', { mspId: custodian.mspId });
    }
    await network.untilReady(custodian.mspId);
    expect((await ask(counterparty, patient.relationRef, ['laboratory'], { wait: 30 })).body).toMatchObject({ status: 'refused' });
  }, 90_000);

  it('puts nothing of a bundle or of identity details into any file of the network, in no form', async () => {
    const { bundle, canaries } = newCanaryBundle('network');
    const identity = { name: 'cnry-network-name', birthDate: '1798-04-17', nationalId: 'cnry-network-id' };
    const patient = new TestPatient(network, custodian.mspId);
    await patient.register(identity);
    expect((await patient.import(bundle)).status).toBe(201);
    await patient.import({ ...bundle, type: canaries[0] });
    await patient.checkIn(counterparty.mspId);
    await patient.consent(counterparty.mspId, ['laboratory', 'conditions', 'demographics']);
    expect((await ask(counterparty, patient.relationRef, ['laboratory', 'conditions', 'demographics'])).body).toMatchObject({
      status: 'released',
      records: 3,
    });
    await network.control('export-blocks', { folder: join(network.folder, 'blocks') });
    const files = [...readFolder(network.folder)];
    expect(files.length).toBeGreaterThan(50);
    expect(findCanaries([...canaries, ...Object.values(identity)], files)).toEqual([]);
  }, 60_000);
});
