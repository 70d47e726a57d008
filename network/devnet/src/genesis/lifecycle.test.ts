import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { peer } from '@hyperledger/fabric-protos';
import { openLedger } from '../ledger/open-ledger';
import { asOrdered } from '../ledger/replay';
import { readBlock } from '../proto/blocks';
import { EMPTY, hex, text } from '../proto/bytes';
import { readEnvelope, readPayload } from '../proto/envelopes';
import { readActionPayload, readArguments, readChaincodeAction, readResponsePayload, readTransaction } from '../proto/transactions';
import type { CollectionSpec } from './consortium-spec';
import { LifecycleSimulation } from './lifecycle-simulation';
import { approvalArguments, commitArguments, definitionState } from './lifecycle-state';
import { resolveDefinition } from './resolve-chaincode';

/** The recording approves and commits its chaincode in blocks 1 to 5: the same definition must give the same bytes. */
const DATA = join(__dirname, '../../test/data/fabric-golden');
const MEMBERS = ['NorthsideMSP', 'LakeviewMSP', 'UnityMSP', 'AuthorityMSP'];
const recorded = (number: number): Uint8Array =>
  new Uint8Array(readFileSync(join(DATA, 'blocks', `${String(number).padStart(6, '0')}.block`)));

const collections = JSON.parse(readFileSync(join(DATA, 'collections.json'), 'utf8')) as CollectionSpec[];
const definition = resolveDefinition(
  { name: 'golden', version: '1.1', policy: '/Channel/Application/Witnessed', collections, services: {} },
  MEMBERS,
);

function actionOf(number: number): { readonly args: readonly Uint8Array[]; readonly results: Uint8Array } {
  const [item = EMPTY] = readBlock(recorded(number)).items;
  const [action] = readTransaction(readPayload(readEnvelope(item).payload).data);
  const opened = readActionPayload(action?.payload ?? EMPTY);
  if (opened === undefined) throw new Error('no action');
  const { results } = readChaincodeAction(readResponsePayload(opened.responsePayload).extension);
  return { args: readArguments(opened.proposalPayload), results };
}

function simulateAfter<T>(blocks: number, simulate: (simulation: LifecycleSimulation) => T): T {
  const ledger = openLedger({ folder: ':memory:', genesis: asOrdered(recorded(0)), hostedMsps: ['NorthsideMSP'] });
  for (let number = 1; number < blocks; number++) ledger.commit(asOrdered(recorded(number)));
  const snapshot = ledger.peer('NorthsideMSP')?.snapshot();
  if (snapshot === undefined) throw new Error('no peer');
  const result = simulate(new LifecycleSimulation(snapshot, definition));
  snapshot.release();
  ledger.close();
  return result;
}

test('an approval has the arguments and the read-write set of the recorded one, byte for byte', () => {
  const { args, results } = actionOf(1);
  const packageId = 'med_1:5068bd3e4da47b321ff4dd5303cd55b38f345b87768fd3164814966e28786f09';
  expect(approvalArguments(definition, packageId).map(hex)).toEqual(args.map(hex));
  expect(hex(simulateAfter(1, (simulation) => simulation.approve('NorthsideMSP', packageId)).results)).toBe(hex(results));
});

test('a commit has the arguments and the read-write set of the recorded one, byte for byte', () => {
  const { args, results } = actionOf(5);
  expect(commitArguments(definition).map(hex)).toEqual(args.map(hex));
  expect(hex(simulateAfter(5, (simulation) => simulation.commit(MEMBERS)).results)).toBe(hex(results));
});

test('a definition without policy and collections states neither, and keeps them as the default policy and an empty package', () => {
  const plain = resolveDefinition({ name: 'plain', version: '1', services: {} }, MEMBERS);
  const args = peer.lifecycle.CommitChaincodeDefinitionArgs.deserializeBinary(commitArguments(plain)[1] ?? EMPTY);
  expect([args.hasCollections(), args.getValidationParameter_asU8().length]).toEqual([false, 0]);
  expect(hex(definitionState(plain).get('namespaces/fields/plain/Collections') ?? EMPTY)).toBe('1200');
  expect(text(definitionState(plain).get('namespaces/fields/plain/ValidationInfo') ?? EMPTY)).toContain('/Channel/Application/Endorsement');
});
