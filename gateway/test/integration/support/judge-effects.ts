import {
  parseKey,
  type AccessRequest,
  type ConsentEntry,
  type Decision,
  type PatientEntry,
  type RecordAnchor,
} from '@medaccord/chaincode/model';
import type { LedgerBlock } from '../../../src/ledger/ledger';
import type { Facts } from '../../../src/store';
import type { Load } from './load';
import type { Operation } from './load-client';
import type { LoadPatient } from './load-patient';

/** A repeat of what was ordered already: without effect, by Fabric's own rule. */
const DUPLICATE = 9;
/** Codes of what lost a race and wrote nothing: what it read changed (11, 12), or the key that it wanted to make was sealed meanwhile (10). */
const LOST_RACES = [10, 11, 12];

/** The answers that clients were given first. */
export function readAnswers(load: Load): ReadonlyMap<Operation, string> {
  return new Map(load.acknowledged().map((each) => [each, each.acknowledged?.text ?? '']));
}

/** Sends all that was ever sent once more, what nobody waited for too: the answers must be those of the first time. */
export async function expectSameAnswers({ log }: Load, first: ReadonlyMap<Operation, string>): Promise<void> {
  for (const operation of log.operations) await log.pursue(operation);
  expect(log.surprises).toEqual([]);
  for (const [operation, text] of first) expect(nameOf(operation.acknowledged?.text ?? '')).toEqual(nameOf(text));
}

/** What an answer says that must not change when it is given again, by whichever gateway. */
function nameOf(text: string): unknown {
  const { subjectRef, relationRef, version, requestId, groupId, resources } = JSON.parse(text) as Record<string, unknown>;
  return { subjectRef, relationRef, version, requestId, groupId, resources };
}

/** Every transaction that a client was told of is on the ledger, valid and once; what is not valid lost a race. */
export function expectAcknowledged(first: ReadonlyMap<Operation, string>, blocks: readonly LedgerBlock[]): void {
  const seen = new Map<string, number[]>();
  for (const { transactions } of blocks)
    for (const { transactionId, code } of transactions.filter((each) => each.code !== DUPLICATE))
      seen.set(transactionId, [...(seen.get(transactionId) ?? []), code]);
  expect([...seen].filter(([, codes]) => codes.length > 1)).toEqual([]);
  const acknowledged = [...first.values()].flatMap((text) => {
    const { transactionId, transactions = [] } = JSON.parse(text) as { transactionId?: string; transactions?: string[] };
    return transactionId === undefined ? transactions : [transactionId];
  });
  expect(acknowledged.length).toBeGreaterThan(20);
  expect(acknowledged.filter((id) => seen.get(id)?.[0] !== 0)).toEqual([]);
  const refused = [...seen.values()].flat().filter((code) => code !== 0 && !LOST_RACES.includes(code));
  expect(refused).toEqual([]);
}

/** What the ledger holds (`facts`) is what was acknowledged, each once: no idempotency key and no signature has two effects, or none. */
export function expectOneEffectEach(load: Load, facts: Facts): void {
  const { patients } = load;
  const references = facts.listType<PatientEntry>('patient').map(({ ref }) => ref);
  expect(references.sort()).toEqual(patients.map(({ subjectRef }) => subjectRef).sort());
  expectImports(load, facts);
  expectConsentsAndRequests(patients, load.acknowledged('request'), facts);
}

/** Every consent that was signed is on the ledger, in its order; every request that was acknowledged, and no other, is there and decided. */
export function expectConsentsAndRequests(patients: readonly LoadPatient[], requests: readonly Operation[], facts: Facts): void {
  for (const { relationRef, consents } of patients.filter((patient) => patient.consents.length > 0))
    expect(facts.list<ConsentEntry>('consent', relationRef).map(({ value }) => value.jws)).toEqual(consents);
  const asked = requests.map(({ acknowledged }) => (acknowledged?.body as { requestId: string }).requestId);
  const requested = facts.listType<AccessRequest>('request').map(({ value }) => value.requestId);
  expect(requested.sort()).toEqual(asked.sort());
  const decided = facts.listType<Decision>('decision').map(({ value }) => value.requestId);
  expect(decided.sort()).toEqual(asked.sort());
}

function expectImports(load: Load, facts: Facts): void {
  const imports = load
    .acknowledged('import')
    .map(({ acknowledged }) => acknowledged?.body as { groupId: string; resources: { recordId: string; version: number }[] });
  const anchored = new Map<string, string[]>();
  const anchors = facts.listType<RecordAnchor>('record').map(({ value }) => value);
  for (const value of anchors.filter(({ custodian, recordId, version }) => facts.counts(custodian, recordId, version)))
    anchored.set(value.groupId, [...(anchored.get(value.groupId) ?? []), nameVersion(value)]);
  expect([...anchored.keys()].sort()).toEqual(imports.map(({ groupId }) => groupId).sort());
  for (const { groupId, resources } of imports) expect(anchored.get(groupId)?.sort()).toEqual(resources.map(nameVersion).sort());
}

const nameVersion = ({ recordId, version }: { readonly recordId: string; readonly version: number }): string =>
  `${recordId}/${String(version)}`;

/** No decision was committed on a consent that had a successor by then. Returns how many there are. */
export function expectDecisionsOnNewestConsent(blocks: readonly LedgerBlock[]): number {
  const newest = new Map<string, ConsentEntry>();
  let decisions = 0;
  for (const { key, value = 'null' } of blocks.flatMap(({ transactions }) => transactions).flatMap(({ writes }) => writes)) {
    const { type, attributes: [relationRef = ''] = [] } = parseKey(key) ?? {};
    if (type === 'consent') newest.set(relationRef, JSON.parse(value) as ConsentEntry);
    if (type !== 'decision') continue;
    const { consentVersion, outcome } = JSON.parse(value) as Decision;
    const standing = newest.get(relationRef);
    decisions += 1;
    expect(consentVersion).toBe(standing?.version);
    if (outcome === 'released') expect(standing?.status).toBe('in-force');
  }
  return decisions;
}
