import type { Organisation } from '../../topology';
import type { Site, Workload } from '../workload';

/** The network on which peers and orderers of all members meet. */
export const CONSORTIUM_NETWORK = 'consortium';

/** Containers that are described together, and what they are called in a Compose project. */
export interface Group {
  /** What the name of the project that they belong to begins with. */
  readonly project: string;
  /** Of a container, or of what belongs to one. */
  nameOf(part: string): string;
  /** The networks that a container is on, as Compose takes them. */
  networksOf(workload: Workload): object;
  /** Where the rendered files of a mount are, from the folder of the Compose files. */
  folderOf(workload: Workload, mount: string): string;
}

/** An organisation's own nodes. */
export function newMemberGroup(site: Site, organisation: Organisation): Group {
  const { name } = organisation;
  return {
    project: site.topology.name,
    nameOf: (part) => `${name}-${part}`,
    networksOf: (workload) => newMemberNetworks(site, organisation, workload),
    folderOf: ({ node }, mount) => `${name}/${node}/${mount}`,
  };
}

/** Peers, orderers and gateways are on the consortium's network; what serves the organisation alone is not reachable from there. */
function newMemberNetworks(site: Site, organisation: Organisation, { node }: Workload): object {
  const alias = { aliases: [site.hostOf(organisation, node)] };
  if (node === 'orderer') return { [CONSORTIUM_NETWORK]: alias };
  return node === 'peer' || node === 'gateway'
    ? { [CONSORTIUM_NETWORK]: alias, [organisation.name]: alias }
    : { [organisation.name]: alias };
}
