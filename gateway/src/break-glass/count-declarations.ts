import type { Instant, MspId, Rules } from '@medaccord/chaincode/model';
import type { Facts } from '../store';
import { describe, type Declaration } from './list-declarations';

/** How one organisation used break-glass. */
export interface BreakGlassCount {
  readonly mspId: MspId;
  /** Departments that declared, by pseudonym: many for few declarations are a sign of renamed ones. */
  readonly units: number;
  readonly declared: number;
  readonly released: number;
  readonly refused: number;
  readonly pending: number;
  readonly justified: number;
  readonly unjustified: number;
  /** Reviewed after the time for it. */
  readonly late: number;
  /** Not reviewed yet, overdue ones among them. */
  readonly open: number;
  readonly overdue: number;
}

/** The use of break-glass by every member, those that never used it included. */
export function countDeclarations(facts: Facts, now: Instant): readonly BreakGlassCount[] {
  const declarations = facts.listDeclared().map((one) => describe(one, now));
  const members = Object.keys(facts.find<Rules>('rules')?.value.roles ?? {}) as MspId[];
  const all = [...new Set([...members, ...declarations.map(({ requester }) => requester)])].sort();
  return all.map((mspId) =>
    countOf(
      mspId,
      declarations.filter(({ requester }) => requester === mspId),
    ),
  );
}

function countOf(mspId: MspId, own: readonly Declaration[]): BreakGlassCount {
  const count = (test: (one: Declaration) => boolean): number => own.filter(test).length;
  return {
    mspId,
    units: new Set(own.map(({ unit }) => unit)).size,
    declared: own.length,
    released: count(({ outcome }) => outcome === 'released'),
    refused: count(({ outcome }) => outcome === 'refused'),
    pending: count(({ outcome }) => outcome === 'pending'),
    justified: count(({ review }) => review?.outcome === 'justified'),
    unjustified: count(({ review }) => review?.outcome === 'unjustified'),
    late: count(({ review }) => review?.isLate === true),
    open: count(({ review }) => review === null),
    overdue: count(({ isOverdue }) => isOverdue),
  };
}
