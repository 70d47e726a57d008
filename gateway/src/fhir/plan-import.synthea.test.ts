import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordId, SubjectRef } from '@medaccord/chaincode/model';
import { planImport, type PlannedResource } from './plan-import';
import { MemoryIndex } from './testdata/memory-index';

const newReference = (): string => randomBytes(16).toString('base64url');

const folder = join(__dirname, '../../../../shared/data/synthea');
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
const patients = files.filter((name) => !name.startsWith('hospital'));

type Resource = Record<string, unknown>;
type Bundle = { entry: { fullUrl: string; resource: Resource }[] };

const plan = (text: string, subjectRef: SubjectRef | undefined): Promise<PlannedResource[]> =>
  planImport(text, {
    index: new MemoryIndex(),
    subjectRef,
    newId: () => crypto.randomUUID(),
    newRecordId: () => newReference() as RecordId,
  });

/** What was sent with its references rewritten, worked out in another way: on the text. */
function expectedOf(bundle: Bundle, planned: readonly PlannedResource[]): Resource[] {
  const references = new Map(bundle.entry.map(({ fullUrl }, at) => [fullUrl, planned[at]!.reference]));
  return bundle.entry.map(({ resource }, at) => {
    const text = JSON.stringify(resource).replaceAll(
      /"reference":"(urn:uuid:[^"]+)"/g,
      (_, url: string) => `"reference":"${references.get(url)!}"`,
    );
    return { ...(JSON.parse(text) as Resource), id: planned[at]!.id };
  });
}

/** The texts of all numbers in their order, as the platform's own parser reports them. */
function numbersOf(text: string): string[] {
  const numbers: string[] = [];
  const parse = JSON.parse as (text: string, reviver: (name: string, value: unknown, context: { source: string }) => unknown) => unknown;
  parse(text, (_, value, { source }) => {
    if (typeof value === 'number') numbers.push(source);
    return value;
  });
  return numbers;
}

describe('the import of Synthea bundles', () => {
  if (patients.length === 0) {
    it.todo(`loses nothing: not tested, for there are no bundles at ${folder}`);
    return;
  }

  it.each(patients)('loses nothing of %s', async (file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const subjectRef = newReference() as SubjectRef;
    const bundle = JSON.parse(text) as Bundle;

    const planned = await plan(text, subjectRef);

    expect(planned.map((resource) => JSON.parse(resource.text) as Resource)).toEqual(expectedOf(bundle, planned));
    expect(planned.flatMap((resource) => numbersOf(resource.text))).toEqual(numbersOf(text));
    expect(planned.map(({ text: payload }) => payload).join()).not.toContain('"reference":"urn:');
  });

  it.each(patients)('gives every resource of the patient in %s to the subject and none of the others', async (file) => {
    const subjectRef = newReference() as SubjectRef;
    const planned = await plan(readFileSync(join(folder, file), 'utf8'), subjectRef);
    for (const { type, subjectRef: subject } of planned) {
      expect([type, subject]).toEqual([type, type === 'Organization' || type === 'Practitioner' ? null : subjectRef]);
    }
    expect(planned.filter(({ details }) => details.category === 'other')).toEqual([]);
  });

  it('takes hospitals as records without a subject', async () => {
    const file = files.find((name) => name.startsWith('hospital'))!;
    const planned = await plan(readFileSync(join(folder, file), 'utf8'), undefined);
    expect(planned.length).toBeGreaterThan(0);
    expect(planned.filter(({ subjectRef }) => subjectRef !== null)).toEqual([]);
  });
});
