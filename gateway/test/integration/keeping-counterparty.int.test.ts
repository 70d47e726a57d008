import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bindingRef, consentDocumentRef, identityRef, type RelationRef, type SubjectRef } from '@medaccord/chaincode/model';
import type { SealingContext, SealingKey } from '../../src/crypto';
import { loadOrganisationKeys } from '../../src/organisation/organisation-keys';
import { TEST_LEDGER } from '../../../network/test/support/test-ledger';
import { newBundle, ask, TestPatient } from '../support/test-patient';
import { CommandedNetwork, until, type CommandedGateway } from './support/commanded-network';
import { readChain } from './support/read-chain';
import { newAlteredChaincode, type ScratchTopology } from './support/scratch-topology';
import { decryptAll, findDataEnvelopes, findKeys, openAll, readDatabase } from './support/thief';

jest.setTimeout(120_000);

const CANARY = 'canary-of-the-payload';

let topology: ScratchTopology;
let network: CommandedNetwork;
let custodian: CommandedGateway;
let counterparty: CommandedGateway;

const kept = (): { name: string; transient: Record<string, string> }[] => {
  const lines = readFileSync(join(topology.folder, 'kept.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as { name: string; transient: Record<string, string> });
};

beforeAll(async () => {
  topology = newAlteredChaincode('keeping-chaincode');
  network = await CommandedNetwork.create(topology.name);
  await network.up();
  [custodian, counterparty] = network.gateways as [CommandedGateway, CommandedGateway];
});

afterAll(async () => {
  await network.remove();
  topology.remove();
});

/** What each organisation would open, were it sealed to it: every kind, for every reference and id of this relation and these records. */
function newContexts(mspId: string, patient: TestPatient, records: readonly string[], requestId: string): SealingContext[] {
  const relationRef = patient.relationRef as RelationRef;
  const ofRequest = ['ask', 'decision', 'notice'].map((kind) => ({ kind, ref: relationRef, id: requestId }));
  const ofRecords = records.flatMap((ref) => ['1', requestId].map((id) => ({ kind: 'wrap', ref, id })));
  const refs = [
    identityRef(patient.subjectRef as SubjectRef),
    bindingRef(relationRef),
    consentDocumentRef(relationRef, 1),
    consentDocumentRef(relationRef, 2),
    { kind: 'delivery', ref: relationRef, id: `${requestId}.1` },
  ];
  return [...refs, ...ofRequest, ...ofRecords].map((ref) => ({ ...ref, recipient: mspId }));
}

/** All that the peers of counterparty and custodian hold, and what every peer has: of the devnet from its stopped databases, else from their streams. */
async function readPeers(): Promise<readonly [string[], string[], string[]]> {
  if (TEST_LEDGER === 'devnet') {
    await network.ask('down');
    const databaseOf = (mspId: string): string[] => readDatabase(join(network.run, `ledger/peers/${mspId}.sqlite`));
    return [databaseOf(counterparty.mspId), databaseOf(custodian.mspId), readDatabase(join(network.run, 'ledger/chain.sqlite'))];
  }
  const streamOf = async ({ connection, mspId }: CommandedGateway): Promise<string[]> => {
    const { privateBlocks } = await readChain(connection, mspId, ['privateBlocks']);
    return privateBlocks.map((block) => Buffer.from(block.serializeBinary()).toString('latin1'));
  };
  return [await streamOf(counterparty), await streamOf(custodian), []];
}

test('a counterparty that keeps all it is sent with a decision and refuses to endorse it opens no payload', async () => {
  const patient = new TestPatient(network, custodian.mspId);
  await patient.register();
  const imported = await patient.import(newBundle(3, CANARY));
  const records = (imported.body as { resources: { recordId: string }[] }).resources.map(({ recordId }) => recordId);
  await patient.checkIn(counterparty.mspId);
  expect((await patient.consent(counterparty.mspId, ['laboratory'])).status).toBe(201);
  const asked = await ask(counterparty, patient.relationRef, ['laboratory'], { wait: 0 });
  const { requestId } = asked.body as { requestId: string };
  await until('the decision was put before the counterparty', () => kept().some(({ name }) => name === 'DecideRelease'));

  const { body } = await counterparty.send(`/api/access-requests/${requestId}`, { token: await counterparty.token('physician') });
  expect(body.status).not.toBe('released');
  const streams = await Promise.all(
    network.gateways.map(({ mspId }) => readChain(counterparty.connection, mspId, ['blocks', 'privateBlocks'])),
  );
  const streamed = streams.flatMap(({ blocks, privateBlocks }) => [...blocks, ...privateBlocks]);
  const custodianKeys = (await loadOrganisationKeys(join(custodian.connection.data, 'keys'))).sealing;
  const counterpartyKeys = (await loadOrganisationKeys(join(counterparty.connection.data, 'keys'))).sealing;
  const [counterpartyPeer, custodianPeer, chain] = await readPeers();
  const holdings = [
    ...kept().flatMap((line) => [JSON.stringify(line), ...Object.values(line.transient)]),
    ...streamed.map((block) => Buffer.from(block.serializeBinary()).toString('latin1')),
    ...counterpartyPeer,
    ...chain,
  ];
  // Even with the ciphertexts, which its peer never gets.
  const ciphertexts = findDataEnvelopes(custodianPeer);
  expect(ciphertexts.length).toBeGreaterThanOrEqual(2 * records.length);
  const read = async (mspId: string, key: SealingKey, held: readonly string[]): Promise<{ opened: Buffer[]; readable: number }> => {
    const opened = await openAll(held, key, newContexts(mspId, patient, records, requestId));
    const texts = [...decryptAll(ciphertexts, findKeys(held, opened)), ...held, ...opened.map((bytes) => bytes.toString('latin1'))];
    return { opened, readable: texts.filter((text) => text.includes(CANARY)).length };
  };

  const stolen = await read(counterparty.mspId, counterpartyKeys, holdings);
  expect(stolen.opened.length).toBeGreaterThan(0);
  expect(stolen.readable).toBe(0);
  // The same search with the custodian's key, on the custodian's own peer, reads all of them.
  const own = await read(custodian.mspId, custodianKeys, custodianPeer);
  expect(own.readable).toBeGreaterThanOrEqual(3);
});
