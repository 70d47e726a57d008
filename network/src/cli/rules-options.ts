import type { RulesApprovals } from '../operations';
import type { Organisation, Topology } from '../topology';
import { listAble, nameOrganisations, organisationOf } from './channel-options';
import { NETWORK_OPTIONS, type parseCommand } from './command';
import type { Reporter } from './reporter';
import { UsageError } from './usage-error';

export const RULES_OPTIONS = {
  ...NETWORK_OPTIONS,
  'dry-run': { type: 'boolean', default: false },
  'approve-all': { type: 'boolean', default: false },
  organisation: { type: 'string' },
  output: { type: 'string' },
} as const;

export type RulesValues = ReturnType<typeof parseCommand<typeof RULES_OPTIONS>>['values'];

/** A `rules` command as it was given. */
export interface RulesCall {
  readonly topology: Topology;
  readonly values: RulesValues;
  /** After the verb. */
  readonly words: readonly string[];
  readonly reporter: Reporter;
}

/** Whose admin asks: the one that is named, else the first whose key is on this machine. @throws UsageError */
export function askerOf({ topology, values }: RulesCall): Organisation {
  if (values.organisation !== undefined) return organisationOf(topology, values.organisation);
  const [first] = listAble(topology);
  if (first === undefined) throw new UsageError('No admin key of any organisation is on this machine.');
  return first;
}

/** Lines of a list, with the titles of members. */
export function indent(lines: readonly string[], topology: Topology): readonly string[] {
  return nameOrganisations(lines, topology).map((line) => `  ${line}`);
}

/** Who has approved, and how many more must. */
export function describeApprovals({ needed, approvals }: RulesApprovals): string {
  const approved = approvals.filter((each) => each.approved).map(({ mspId }) => mspId);
  const missing = needed - approved.length;
  const by = approved.length === 0 ? 'nobody yet' : approved.join(', ');
  return `Approved by ${by}; ${missing > 0 ? `${String(missing)} more of ${String(approvals.length)} needed` : 'enough to be adopted'}.`;
}
