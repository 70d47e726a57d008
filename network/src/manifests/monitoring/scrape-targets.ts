import type { Organisation } from '../../topology';
import { CA_OPERATIONS_PORT, EXPORTER_PORT, type Site } from '../workload';
import type { Scope } from './scope';

/** What is asked, by the kind of what answers. */
export const JOBS = ['orderer', 'peer', 'ca', 'gateway', 'host'] as const;
export type Job = (typeof JOBS)[number];

export interface ScrapeTarget {
  readonly job: Job;
  /** `host:port` */
  readonly address: string;
  /** Undefined: of a machine, which may carry several. */
  readonly organisation: string | undefined;
}

/** Everything that tells about itself, of one scope and where it runs. */
export function listTargets(site: Site, { organisations }: Scope): ScrapeTarget[] {
  const nodes = organisations.flatMap((organisation) => listNodes(site, organisation));
  return [...nodes, ...listHosts(site)];
}

function listNodes(site: Site, organisation: Organisation): ScrapeTarget[] {
  const { name, ports, nodes } = organisation;
  const newTarget = (job: 'orderer' | 'peer' | 'ca' | 'gateway', port: number): ScrapeTarget => ({
    job,
    address: `${site.hostOf(organisation, job)}:${String(port)}`,
    organisation: name,
  });
  return [
    ...(nodes.orderer === undefined ? [] : [newTarget('orderer', ports.ordererOperations)]),
    newTarget('peer', ports.peerOperations),
    // The embedded authorities of a network without containers count nothing.
    ...(site.name === 'native' ? [] : [newTarget('ca', CA_OPERATIONS_PORT)]),
    ...(site.topology.gateway === undefined ? [] : [newTarget('gateway', ports.gateway)]),
  ];
}

/** The machine's node_exporter. A cluster watches its machines itself. */
function listHosts(site: Site): ScrapeTarget[] {
  if (site.name === 'kubernetes') return [];
  const host = site.name === 'native' ? site.topology.host : 'exporter';
  return [{ job: 'host', address: `${host}:${String(EXPORTER_PORT)}`, organisation: undefined }];
}
