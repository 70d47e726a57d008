import { serveCasOf } from '../../identity';
import { accepts } from '../../process';
import type { Organisation, Topology } from '../../topology';

/** Asks the CAs of an organisation: those that answer at the topology's address, else, where they are this machine's own, opened for as long as it takes. */
export async function withAuthorities<T>(topology: Topology, organisation: Organisation, ask: () => Promise<T>): Promise<T> {
  const { host } = topology;
  const served = (await accepts({ host, port: organisation.ports.ca })) ? undefined : await serveCasOf(topology, [organisation]);
  try {
    return await ask();
  } finally {
    await served?.close();
  }
}
