import { CodedError } from '../coded-error';

/** One thing wrong with a topology: where, in the notation of the file (`organisations[2].mspId`), and what. */
export interface TopologyProblem {
  readonly place: string;
  readonly problem: string;
}

/** A topology that cannot be used. Lists every problem, so that one edit can mend them all. */
export class TopologyInvalid extends CodedError<'TOPOLOGY_INVALID'> {
  constructor(
    readonly source: string,
    readonly problems: readonly TopologyProblem[],
  ) {
    const lines = problems.map(({ place, problem }) => `  ${place}: ${problem}`);
    super('TOPOLOGY_INVALID', [`The topology ${source} cannot be used:`, ...lines].join('\n'));
  }
}

/** A topology file that cannot be read. */
export class TopologyUnreadable extends CodedError<'TOPOLOGY_UNREADABLE'> {
  constructor(
    readonly source: string,
    cause: unknown,
  ) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super('TOPOLOGY_UNREADABLE', `The topology ${source} cannot be read: ${why}`, undefined, cause);
  }
}
