import { isSensitive, type Category } from '@medaccord/chaincode/model';
import type { Answers, RecordName } from '../answers';
import { assertHolds, StoryError } from '../story-error';
import type { Plot, Step } from '../step';

/** What a specialist is usually given; the patient picks those of it that she has. */
const USUAL: readonly string[] = ['allergies', 'medications', 'laboratory', 'vital-signs', 'immunizations'];

const LINE_WIDTH = 80;

/** The custodian imports the patient's bundle: every resource encrypted, stored in its private data, anchored; all of it or nothing. */
export const importBundle: Step = {
  name: 'import',
  titleOf: ({ custodian }) => `${custodian.title} imports her FHIR bundle`,
  run: async (stage, plot) => {
    const { custodian } = stage.cast;
    const client = stage.clientOf(custodian);
    const token = await stage.tokenOf(custodian, 'records');
    const path = `/api/imports?subject=${plot.subjectRef}`;
    const answer = await client.post<Answers['import']>(path, stage.bundle, { token, contentType: 'application/fhir+json' });
    const { records } = await client.get<Answers['records']>(`/api/records?subject=${plot.subjectRef}`, { token });
    assertHasPatient(records);
    assertAllHeld(answer.resources, records);
    const tally = countCategories(records);
    return {
      plot: { ...plot, categories: chooseCategories(records), imported: nameImported(answer.resources) },
      transactions: answer.transactions,
      findings: { resources: answer.resources.length, groupId: answer.groupId, ofSubject: records.length, categories: tally },
      remarks: [formatCount(answer.resources), ...formatTally(tally)],
    };
  },
};

function nameImported(resources: Answers['import']['resources']): Plot['imported'] {
  return new Map(resources.flatMap(({ fullUrl, reference }) => (fullUrl === null ? [] : [[fullUrl, reference] as const])));
}

function formatCount(resources: Answers['import']['resources']): string {
  const held = resources.filter(({ outcome }) => outcome === 'found' || outcome === 'unchanged').length;
  const anchored = `${String(resources.length - held)} resources, each encrypted under a key of its own, stored and anchored`;
  return held === 0 ? anchored : `${anchored}; ${String(held)} were held already`;
}

/** The patient's categories, as many to a line as a terminal has room for. */
function formatTally(tally: Readonly<Record<string, number>>): string[] {
  const lines: string[] = [];
  for (const [category, count] of Object.entries(tally)) {
    const item = `${category} ${String(count)}`;
    const last = lines.at(-1);
    if (last === undefined || last.length + item.length > LINE_WIDTH) lines.push(item);
    else lines[lines.length - 1] = `${last}, ${item}`;
  }
  return lines;
}

function assertHasPatient(records: readonly RecordName[]): void {
  if (records.length > 0) return;
  throw new StoryError('STORY_BUNDLE_WITHOUT_PATIENT', 'The bundle was imported, but nothing in it belongs to a patient.', {
    place: 'entry',
    hint: 'Take a bundle of one patient, with the Patient resource in it; without --bundle the story brings its own.',
  });
}

/** Everything of the patient that the list shows came with this import: she is a new one. */
function assertAllHeld(imported: Answers['import']['resources'], records: readonly RecordName[]): void {
  const names = new Set(imported.map(({ recordId, version }) => `${recordId}/${String(version)}`));
  assertHolds(
    records.every(({ recordId, version }) => names.has(`${recordId}/${String(version)}`)),
    "the patient's records are those of the bundle",
  );
}

function chooseCategories(records: readonly RecordName[]): Category[] {
  const held = [...new Set(records.map(({ category }) => category as Category))].filter((category) => !isSensitive(category));
  const usual = held.filter((category) => USUAL.includes(category));
  return usual.length > 0 ? usual : held.slice(0, 1);
}

function countCategories(records: readonly RecordName[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { category } of records) counts.set(category, (counts.get(category) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, one], [, other]) => other - one));
}
