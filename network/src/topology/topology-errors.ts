/** One thing wrong with a topology: where, in the notation of the file (`organisations[2].mspId`), and what. */
export interface TopologyProblem {
  readonly place: string;
  readonly problem: string;
}

/** A topology that cannot be used. Lists every problem, so that one edit can mend them all. */
export class TopologyInvalid extends Error {
  readonly code = 'TOPOLOGY_INVALID';

  constructor(
    readonly source: string,
    readonly problems: readonly TopologyProblem[],
  ) {
    super([`The topology ${source} cannot be used:`, ...problems.map(({ place, problem }) => `  ${place}: ${problem}`)].join('\n'));
    this.name = 'TopologyInvalid';
  }
}

/** A topology file that cannot be read. */
export class TopologyUnreadable extends Error {
  readonly code = 'TOPOLOGY_UNREADABLE';

  constructor(
    readonly source: string,
    cause: unknown,
  ) {
    super(`The topology ${source} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'TopologyUnreadable';
  }
}
