import type { ChangeList, ClinicalIndex, LocalKey, ResourceList } from '../store';

/** The records among which a request is answered: all that the organisation holds, or those of some patients. */
export interface Held {
  readonly index: Pick<ClinicalIndex, 'find' | 'findVersion' | 'listVersions' | 'listSubject' | 'findResource' | 'findByIdentifier'>;
  readonly resources: Pick<ResourceList, 'find' | 'list' | 'search' | 'scan' | 'count' | 'readExact'>;
  readonly changes: Pick<ChangeList, 'list'>;
  readonly key: LocalKey;
  /** Whose records they are, null standing for nobody's; everybody's unless given. */
  readonly reaches?: (subjectRef: string | null) => boolean;
}

type Whose = { readonly subjectRef: string | null };

/** Of what is held, the records of patients who are reached, and those that are nobody's (who, where, what kind): nothing else is there. */
export function limitHeld({ index, resources, changes, key }: Held, isReached: (subjectRef: string) => boolean): Held {
  const reaches = (subjectRef: string | null): boolean => subjectRef === null || isReached(subjectRef);
  const one = <T extends Whose>(found: T | undefined): T | undefined =>
    found !== undefined && reaches(found.subjectRef) ? found : undefined;
  const all = <T extends Whose>(found: readonly T[]): readonly T[] => found.filter(({ subjectRef }) => reaches(subjectRef));
  return {
    key,
    reaches,
    index: {
      find: (recordId) => one(index.find(recordId)),
      findVersion: (recordId, version) => one(index.findVersion(recordId, version)),
      listVersions: (recordId) => all(index.listVersions(recordId)),
      listSubject: (subjectRef) => all(index.listSubject(subjectRef)),
      findResource: (type, id) => one(index.findResource(type, id)),
      findByIdentifier: (type, token) => all(index.findByIdentifier(type, token)),
    },
    resources: {
      find: (recordId) => one(resources.find(recordId)),
      list: (query, page) => all(resources.list(query, page)),
      search: (query, page) => resources.search({ ...query, reaches }, page),
      scan: (query, page) => resources.scan({ ...query, reaches }, page),
      // Of one patient all or none; of all, `search` counts.
      count: (query) => (query.subjectRef !== undefined && reaches(query.subjectRef) ? resources.count(query) : 0),
      readExact: (listed) => (reaches(listed.subjectRef) ? resources.readExact(listed) : undefined),
    },
    changes: { list: (query) => changes.list({ ...query, reaches }) },
  };
}
