import type { AuditedPerson } from './audited-act';
import type { Mention } from './mention';

/** How names are resolved to persons, from what this organisation knows; nothing where it does not. */
export interface PersonFinder {
  /** The patient of a resource of this organisation. */
  ofResource(type: string, id: string): string | undefined;
  /** Reference and patient of a record of this organisation. */
  ofRecord(recordId: string): { readonly reference: string; readonly subjectRef: string | null } | undefined;
  /** The relation of a request of this organisation. */
  ofRequest(requestId: string): string | undefined;
  /** The patient of a relation with this organisation. */
  ofRelation(relationRef: string): Promise<string | undefined>;
}

export interface PersonRecords extends AuditedPerson {
  readonly records: readonly string[];
}

interface Found {
  readonly person: AuditedPerson;
  readonly record: string | undefined;
}

/** What is mentioned, person by person; a single group without a person where nobody is. */
export async function groupByPerson(mentions: readonly Mention[], finder: PersonFinder): Promise<readonly PersonRecords[]> {
  const groups = new Map<string, { person: AuditedPerson; records: Set<string> }>();
  for (const mention of mentions) add(groups, await resolve(mention, finder));
  if (groups.get('')?.records.size === 0 && groups.size > 1) groups.delete('');
  if (groups.size === 0) return [{ subjectRef: null, relationRef: null, records: [] }];
  return [...groups.values()].map(({ person, records }) => ({ ...person, records: [...records] }));
}

function add(groups: Map<string, { person: AuditedPerson; records: Set<string> }>, { person, record }: Found): void {
  const name = person.subjectRef ?? person.relationRef ?? '';
  const group = groups.get(name) ?? { person, records: new Set() };
  if (group.person.relationRef === null) group.person = person;
  if (record !== undefined) group.records.add(record);
  groups.set(name, group);
}

async function resolve(mention: Mention, finder: PersonFinder): Promise<Found> {
  const { record, subjectRef } = resolveRecord(mention, finder);
  const relationRef = mention.relationRef ?? (mention.requestId === undefined ? undefined : finder.ofRequest(mention.requestId));
  const named = mention.subjectRef ?? subjectRef;
  if (relationRef === undefined) return { person: { subjectRef: named ?? null, relationRef: null }, record };
  return { person: { subjectRef: named ?? (await finder.ofRelation(relationRef)) ?? null, relationRef }, record };
}

/** A mentioned record by its FHIR reference, where this organisation has it, and its patient. */
function resolveRecord(
  { reference, recordId, relationRef }: Mention,
  finder: PersonFinder,
): { readonly record: string | undefined; readonly subjectRef: string | null | undefined } {
  if (reference !== undefined) {
    const [type = '', id = ''] = reference.split('/');
    // What was released in a relation is another organisation's: its ids say nothing here.
    return { record: reference, subjectRef: relationRef === undefined ? finder.ofResource(type, id) : undefined };
  }
  if (recordId === undefined) return { record: undefined, subjectRef: undefined };
  const own = finder.ofRecord(recordId);
  return { record: own?.reference ?? `urn:medaccord:record:${recordId}`, subjectRef: own?.subjectRef };
}
