/** What the doctor looks at, in the order in which it tells of it: what is at the root of other findings comes first. */
export const CHECK_NAMES = [
  'binaries',
  'versions',
  'processes',
  'ports',
  'clock',
  'certificates',
  'disk',
  'files',
  'orderers',
  'heights',
  'chaincode',
  'definitions',
  'gateways',
] as const;

export type CheckName = (typeof CHECK_NAMES)[number];

/** `error`: something does not work, or will not at the next start; `warning`: it works, and will not for long or not as it was meant. */
export type Severity = 'error' | 'warning';

/** Something that is not as it should be. */
export interface Finding {
  readonly severity: Severity;
  /** Name of the organisation that it concerns; undefined: all, or whoever runs this machine. */
  readonly member: string | undefined;
  /** A sentence that says what is the matter, and where. */
  readonly problem: string;
  /** The command or action that mends it. */
  readonly remedy: string;
}

/** Something that could not be looked at: neither well nor ill. */
export interface Unseen {
  readonly what: string;
  readonly why: string;
}

/** What a check says of what was seen. */
export interface Judgement {
  /** What was found in order, in a few words; told when there are no findings. */
  readonly summary: string;
  readonly findings: readonly Finding[];
  readonly unseen: readonly Unseen[];
}

/** A judgement by the check that made it. */
export interface CheckReport extends Judgement {
  readonly check: CheckName;
}

/** Whether a network is well: warnings do not count. */
export function isHealthy(reports: readonly Judgement[]): boolean {
  return reports.every(({ findings }) => findings.every(({ severity }) => severity !== 'error'));
}

/** Nothing was looked at, for one reason. */
export function newUnseen(what: string, why: string): Judgement {
  return { summary: '', findings: [], unseen: [{ what, why }] };
}
