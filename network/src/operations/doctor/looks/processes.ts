import { readNetworkState } from '../../../deployment';
import { isFrozen, isRunning } from '../../../process';
import type { ProcessesFacts } from '../checks/processes';
import { memberOf, type Scene } from '../scene';

export function lookAtProcesses({ topology, state }: Scene): ProcessesFacts {
  if (state === undefined) {
    const last = readNetworkState(topology);
    if (last === undefined) return { kind: 'down' };
    const left = last.processes.flatMap(({ process }) => (process !== undefined && isRunning(process) ? [process.pid] : []));
    return { kind: 'broken off', left };
  }
  const processes = state.processes.map((each) => ({
    name: each.name,
    member: memberOf(topology, each.name),
    state: each.state,
    pid: each.process?.pid,
    isFrozen: each.process !== undefined && isFrozen(each.process),
    restarts: each.restarts,
    readyForMs: each.readySince === undefined ? undefined : Date.now() - each.readySince,
  }));
  return { kind: 'running', phase: state.phase, processes };
}
