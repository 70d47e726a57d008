import type { MspId, RulesDocument } from '../model';

/** Members that have a say in a change of these rules: those that they name and do not suspend. */
export function votersOf({ roles, suspended }: RulesDocument): readonly MspId[] {
  return (Object.keys(roles) as MspId[]).filter((mspId) => !suspended.includes(mspId));
}

/** More than half of all members, the suspended ones counted: a suspension never makes the next change easier. */
export function majorityOf({ roles }: RulesDocument): number {
  return Math.floor(Object.keys(roles).length / 2) + 1;
}
