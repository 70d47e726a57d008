import { randomInt, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  adjudicationRef,
  claimRef,
  coverageRef,
  explanationRef,
  formatCanonical,
  ordinaryCategories,
  type ClaimId,
  type RelationRef,
  type SealedRef,
} from '@medaccord/chaincode/model';
import { PATIENT } from '../../src/crypto';
import { loadOrganisationKeys } from '../../src/organisation/organisation-keys';
import { TEST_LEDGER } from '../../../network/test/support/test-ledger';
import { newPlan, TestCoverage } from '../support/test-coverage';
import { TestPatient } from '../support/test-patient';
import { newVisitBundle } from '../support/visit-bundle';
import { Canaries } from './support/canary-bundle';
import { CanarySearch } from './support/canary-search';
import { CommandedNetwork, until, type CommandedGateway } from './support/commanded-network';
import { openContract } from './support/open-contract';
import { readChain } from './support/read-chain';
import { newTwoInsurers, type ScratchTopology } from './support/scratch-topology';
import { openAll, readDatabase } from './support/thief';

jest.setTimeout(240_000);

const ROLES = ['records', 'registrar', 'physician', 'insurer-clerk', 'ethics-officer'];

const canaries = new Canaries();
/** Of a line: what was done, how much of it, what it costs, and what allowed it. */
const canary = { code: canaries.word(), unit: canaries.word(), charge: randomInt(10 ** 9, 9 * 10 ** 9), authorization: canaries.word() };
canaries.texts.add(String(canary.charge));

let topology: ScratchTopology;
let network: CommandedNetwork;
let [hospital, insurer]: CommandedGateway[] = [];
/** The other hospital, another insurer, the authority. */
let others: readonly CommandedGateway[];
let patient: TestPatient;
let claimId: ClaimId;
let refs: readonly SealedRef[];

beforeAll(async () => {
  topology = newTwoInsurers();
  network = await CommandedNetwork.create(topology.name);
  await network.up();
  const [own, otherHospital, ownInsurer, authority, otherInsurer] = network.gateways;
  [hospital, insurer] = [own!, ownInsurer!];
  others = [otherHospital!, otherInsurer!, authority!];
  await until('the members know each other', async () => {
    const { body } = await hospital!.send('/api/organisations');
    return (body as { organisations: object[] }).organisations.length === network.gateways.length;
  });
  await billCanaries();
});

afterAll(async () => {
  await network.remove();
  topology.remove();
});

/** A claim that is decided, and whose second line holds canaries. */
async function billCanaries(): Promise<void> {
  const { mspId } = insurer!;
  patient = new TestPatient(network, hospital!.mspId);
  expect((await patient.register()).status).toBe(201);
  const { resources } = (await patient.import(newVisitBundle())).body as { resources: { reference: string }[] };
  const encounter = resources.find(({ reference }) => reference.startsWith('Encounter/'))?.reference;
  expect((await patient.checkIn(mspId, mspId, ['cover'])).status).toBe(201);
  const exceptions = [{ decision: 'permit' as const, categories: ordinaryCategories, purposes: ['HPAYMT' as const] }];
  expect((await patient.consentTo(mspId, [{ base: 'deny', exceptions }])).status).toBe(201);
  const coverage = new TestCoverage(patient, mspId);
  expect((await coverage.begin(newPlan({ filingDays: null }))).status).toBe(201);
  const system = 'http://snomed.info/sct';
  const { code, ...more } = canary;
  const lines = [
    { service: { system, code: '390906007' }, day: '2026-03-01', charge: 12_500 },
    { service: { system, code }, day: '2026-03-01', ...more },
  ];
  const relationRef = patient.relationRef as RelationRef;
  const { coverageId } = coverage;
  const body = { relationRef, coverageId, type: 'institutional', currency: 'USD', encounter, lines };
  const token = await hospital!.token('records');
  const made = await hospital!.send('/api/claims', { token, key: randomUUID(), body });
  expect([made.status, made.body]).toEqual([201, expect.anything()]);
  ({ claimId } = made.body as { claimId: ClaimId });
  await until('the hospital has the decision', async () => {
    const answer = await hospital!.send(`/api/claims/${relationRef}/${claimId}`, { token, headers: { prefer: 'wait=20' } });
    return (answer.body as { adjudications: { check: object | null }[] }).adjudications.some(({ check }) => check !== null);
  });
  refs = [
    claimRef(relationRef, claimId),
    adjudicationRef(relationRef, claimId, 1),
    explanationRef(relationRef, claimId, 1),
    coverageRef(relationRef, coverageId as never, 1),
  ];
}

const readSealed = async (reader: CommandedGateway, from: CommandedGateway): Promise<(string | null)[]> => {
  const { contract, close } = openContract(reader.connection);
  try {
    const sending = { arguments: [formatCanonical({ keys: refs })], endorsingOrganizations: [from.mspId] };
    const { values } = JSON.parse(Buffer.from(await contract.evaluate('ReadSealed', sending)).toString('utf8')) as {
      values: { envelope: string | null }[];
    };
    return values.map(({ envelope }) => envelope);
  } finally {
    close();
  }
};

const search = (place: string, texts: readonly string[]): string[] => {
  const seeker = new CanarySearch(canaries.texts);
  return texts.flatMap((text) => seeker.find(place, Buffer.from(text, 'latin1')));
};

describe('the other hospital, another insurer and the authority', () => {
  test('get nothing of a claim at their gateways, nor at those of hospital and insurer', async () => {
    const { relationRef } = patient;
    const claim = `${relationRef}/${claimId}`;
    const paths = [`claims/${relationRef}`, `claims/${claim}`, `relations/${relationRef}/claims`, `adjudications/${claim}`].map(
      (path) => `/api/${path}`,
    );
    for (const thief of others) {
      for (const path of paths) {
        for (const role of ROLES) {
          const token = await thief.token(role);
          const own = await thief.send(path, { token });
          const theirs = await Promise.all([hospital!, insurer!].map((gateway) => gateway.send(path, { token })));
          expect([path, [403, 404].includes(own.status), ...theirs.map(({ status }) => status)]).toEqual([path, true, 401, 401]);
          expect(search(path, [own.text, ...theirs.map(({ text }) => text)])).toEqual([]);
        }
      }
    }
  });

  test('get nothing of the chaincode: their own peers have none of it, and no other reads for them', async () => {
    for (const thief of others) {
      expect(await readSealed(thief, thief)).toEqual(refs.map(() => null));
      for (const victim of [hospital!, insurer!]) await expect(readSealed(thief, victim)).rejects.toThrow();
    }
    expect((await readSealed(hospital!, hospital!)).filter((envelope) => envelope !== null)).toHaveLength(4);
    expect((await readSealed(insurer!, insurer!)).filter((envelope) => envelope !== null)).toHaveLength(3);
  });

  test('open nothing of what their peers hold and every peer streams to them; hospital and insurer open it', async () => {
    const streams = await Promise.all(
      network.gateways.map(({ mspId }) => readChain(others[0]!.connection, mspId, ['blocks', 'privateBlocks'])),
    );
    const streamed = streams.flatMap(({ blocks, privateBlocks }) => [...blocks, ...privateBlocks]);
    const everywhere = streamed.map((block) => Buffer.from(block.serializeBinary()).toString('latin1'));
    if (TEST_LEDGER === 'devnet') {
      await network.ask('down');
      everywhere.push(...readDatabase(join(network.run, 'ledger/chain.sqlite')));
      for (const { mspId } of others) everywhere.push(...readDatabase(join(network.run, `ledger/peers/${mspId}.sqlite`)));
    }
    expect(search('what everybody holds', everywhere)).toEqual([]);
    const recipients = [...network.gateways.map(({ mspId }) => mspId), PATIENT];
    const contexts = refs.flatMap((ref) => recipients.map((recipient) => ({ ...ref, recipient })));
    const open = async ({ connection }: CommandedGateway): Promise<string[]> => {
      const { sealing } = await loadOrganisationKeys(join(connection.data, 'keys'));
      return (await openAll(everywhere, sealing, contexts)).map((bytes) => bytes.toString('latin1'));
    };
    for (const thief of others) expect(await open(thief)).toEqual([]);
    for (const reader of [hospital!, insurer!]) {
      const opened = await open(reader);
      for (const text of canaries.texts) expect(opened.filter((one) => one.includes(text)).length).toBeGreaterThan(0);
    }
  });
});
