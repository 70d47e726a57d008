import type { MspId, RelationEntry } from '@medaccord/chaincode/model';
import type { ClinicalIndex, Facts } from '../store';
import type { PersonFinder } from './group-by-person';

/** Patients of relations that are remembered; a binding never changes. */
const mostRemembered = 50_000;

export interface PersonFinderOptions {
  readonly mspId: MspId;
  readonly facts: Pick<Facts, 'find' | 'findRequest'>;
  readonly index: Pick<ClinicalIndex, 'find' | 'findSubject'>;
  /** Whose relation it is, as its binding says. */
  readonly readSubject: (relation: RelationEntry) => Promise<string | undefined>;
}

/** What this organisation knows of whom a name stands for. A binding that cannot be read now hinders no entry: the relation is named. */
export function newPersonFinder({ mspId, facts, index, readSubject }: PersonFinderOptions): PersonFinder {
  const subjects = new Map<string, string>();
  return {
    ofResource: (type, id) => index.findSubject(type, id) ?? undefined,
    ofRecord: (recordId) => {
      const record = index.find(recordId);
      return record && { reference: `${record.type}/${record.id}/_history/${String(record.version)}`, subjectRef: record.subjectRef };
    },
    ofRequest: (requestId) => facts.findRequest(mspId, requestId)?.value.relationRef,
    ofRelation: async (relationRef) => {
      const known = subjects.get(relationRef);
      if (known !== undefined) return known;
      const relation = facts.find<RelationEntry>('relation', relationRef)?.value;
      if (relation?.custodian !== mspId) return undefined;
      const found = await readSubject(relation).catch(() => undefined);
      if (found === undefined) return undefined;
      if (subjects.size >= mostRemembered) subjects.clear();
      subjects.set(relationRef, found);
      return found;
    },
  };
}
