import { parseKey, type RecordAnchor } from '@medaccord/chaincode/model';
import type { LedgerBlock } from '../../../src/ledger/ledger';
import type { Facts } from '../../../src/store';
import type { Answer, Door } from '../../support/door';
import type { Chart, Written } from './fhir-clerk';
import type { ClientLog, Operation } from './load-client';

/** What is read by FHIR is what was acknowledged, version by version, and nothing else. */
export async function expectHeld(door: Door, charts: readonly Chart[]): Promise<void> {
  for (const { written } of charts) {
    for (const each of written) await expectVersions(door, each);
    const [{ reference } = { reference: '' }] = written;
    const standing = written.filter(({ isDeleted }) => !isDeleted).map((each) => each.reference);
    const found = await ask(door, `/fhir/Observation?patient=${reference}&_count=100`);
    expect([...namesOf(found), reference].sort()).toEqual([...standing].sort());
  }
}

async function expectVersions(door: Door, { reference, words, isDeleted }: Written): Promise<void> {
  expect((await ask(door, `/fhir/${reference}`)).status).toBe(isDeleted ? 410 : 200);
  const { body } = await ask(door, `/fhir/${reference}/_history`);
  const entries = body.entry as { resource?: { valueString?: string; meta: { versionId: string } }; request: { method: string } }[];
  expect(entries.filter(({ request }) => request.method === 'DELETE')).toHaveLength(isDeleted ? 1 : 0);
  const versions = entries.flatMap(({ resource }) =>
    resource === undefined ? [] : [[resource.meta.versionId, resource.valueString ?? '']],
  );
  expect(versions.reverse()).toEqual(words.map((word, at) => [String(at + 1), word]));
}

/** Every version is anchored, without a gap, and none beside; what is deleted, and nothing else, has a status. */
export async function expectAnchored(door: Door, charts: readonly Chart[], facts: Facts): Promise<void> {
  let versions = 0;
  for (const { patient, written } of charts) {
    const { body } = await ask(door, `/api/records?subject=${patient.subjectRef}`);
    const recordOf = new Map((body.records as { reference: string; recordId: string }[]).map((each) => [each.reference, each.recordId]));
    expect([...recordOf.keys()].sort()).toEqual(written.map(({ reference }) => reference).sort());
    for (const { reference, words, isDeleted } of written) {
      const recordId = recordOf.get(reference) ?? '';
      const anchors = facts.list<RecordAnchor>('record', `${door.mspId}/${recordId}`).map(({ value }) => value.version);
      expect([reference, anchors]).toEqual([reference, words.map((_, at) => at + 1)]);
      expect(facts.find('record-status', door.mspId, recordId) !== undefined).toBe(isDeleted);
      versions += words.length;
    }
  }
  const own = facts.listType<RecordAnchor>('record').filter(({ value }) => value.custodian === door.mspId);
  expect(own).toHaveLength(versions);
}

/** Everything is sent once more: who sent an Idempotency-Key is told the very same, who signed the same of what was recorded. */
export async function expectRepeats({ operations }: ClientLog): Promise<void> {
  for (const operation of operations) {
    const first = operation.acknowledged;
    expect(first).toBeDefined();
    if (first !== undefined) expect(tell(operation, await operation.send())).toEqual(tell(operation, first));
  }
}

function tell({ kind }: Operation, { status, text, headers, body }: Answer): unknown {
  // Without a key nothing is kept: a sealed value that was on its way may have arrived since.
  if (kind === 'check-in' || kind === 'consent') return [status, { ...(body as object), deliveries: undefined }];
  return [status, text, headers.get('etag'), headers.get('location')];
}

const ask = async (door: Door, path: string): Promise<Answer> => door.send(path, { token: await door.token('records') });

const namesOf = ({ body }: Answer): string[] =>
  ((body.entry ?? []) as { resource: { resourceType: string; id: string } }[]).map(
    ({ resource: { resourceType, id } }) => `${resourceType}/${id}`,
  );

/** What a client's operation writes: nothing of it is ever written a second time. */
const ONCE: readonly string[] = ['patient', 'record', 'record-status', 'consent', 'relation', 'request', 'decision'];

export function expectWrittenOnce(blocks: readonly LedgerBlock[]): void {
  const written = blocks.flatMap(({ transactions }) => transactions).flatMap(({ writes }) => writes.map(({ key }) => key));
  const names = written.filter((key) => ONCE.includes(parseKey(key)?.type ?? ''));
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
}
