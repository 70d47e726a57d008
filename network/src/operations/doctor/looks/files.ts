import { machineNeedsOf } from '../../../deployment';
import { readOpenFiles } from '../../../process';
import type { OpenFilesFacts } from '../checks/files';
import { memberOf, type Scene } from '../scene';

/** The limit here is that of this process: Node raises it to what it may have, and what it starts inherits that (proc(5), limits). */
export function lookAtOpenFiles({ topology, state }: Scene): OpenFilesFacts {
  const processes = (state?.processes ?? []).flatMap(({ name, process: identity }) => {
    const files = identity === undefined ? undefined : readOpenFiles(identity.pid);
    return files === undefined ? [] : [{ name, member: memberOf(topology, name), ...files }];
  });
  return { limit: readOpenFiles(process.pid)?.atMost, needed: machineNeedsOf(topology).openFiles, processes };
}
