import type { Held } from './held';
import { parseSearch, type Pair } from './parse-search';

export interface ReachOptions {
  readonly mspId: string;
  /** Names of departments. */
  readonly departments: readonly string[];
  readonly now?: () => number;
}

/** A stay that is over counts so long: letters are written, results come late. */
const afterwardsMs = 30 * 24 * 3_600_000;
const underWay = 'planned,arrived,triaged,in-progress,onleave';

/**
 * Tells whether a patient is in one of the departments: an Encounter of hers has its Organization as service provider, and is planned, under way, or
 * finished and was not over 30 days ago. A department's Organization is the one that carries the department's name as its identifier in
 * `urn:medaccord:department:<MSP id>`, as consents name it. Each patient is looked at once.
 */
export function newPatientReach(held: Held, { mspId, departments, now = Date.now }: ReachOptions): (subjectRef: string) => boolean {
  const providers = departments
    .flatMap((name) => held.index.findByIdentifier('Organization', `urn:medaccord:department:${mspId}|${name}`))
    .filter(({ recordId }) => held.resources.find(recordId) !== undefined)
    .map(({ id }) => `Organization/${id}`);
  if (providers.length === 0) return () => false;
  const since = new Date(now() - afterwardsMs).toISOString().slice(0, 10);
  const stays: readonly (readonly Pair[])[] = [
    [['status', underWay]],
    [
      ['status', 'finished'],
      ['date', `ge${since}`],
    ],
  ];
  const sought = stays.map((pairs) => parseSearch('Encounter', [['service-provider', providers.join(',')], ...pairs]).criteria);
  const isIn = (subjectRef: string): boolean =>
    sought.some((criteria) => {
      const query = { type: 'Encounter', subjectRef, criteria };
      return held.resources.search(query, { after: undefined, most: 1 }).listed.length > 0;
    });
  const known = new Map<string, boolean>();
  return (subjectRef) => {
    const answer = known.get(subjectRef) ?? isIn(subjectRef);
    known.set(subjectRef, answer);
    return answer;
  };
}
