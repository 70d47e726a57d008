import type { Organisation, Topology } from '../topology';
import { serveCas, type CaService, type CaServiceOptions } from './ca/serve-cas';
import { bootstrapOrganisation } from './material/bootstrap-organisation';

/** The CAs of a machine, running, with the material of their organisations in place. */
export interface OrganisationCas extends CaService {
  /** Certificates that this start wrote, by file. */
  readonly enrolled: readonly string[];
}

/**
 * Serves the embedded CAs of organisations of a topology in this process, and sees to it that each has its material.
 *
 * @param organisations those to serve; all of the topology unless given.
 * @throws as {@link serveCas} and {@link bootstrapOrganisation}; nothing is left listening then.
 */
export async function serveOrganisations(
  topology: Topology,
  organisations: readonly Organisation[] = topology.organisations,
  options: CaServiceOptions = {},
): Promise<OrganisationCas> {
  const service = await serveCasOf(topology, organisations, options);
  try {
    const results = await Promise.all(organisations.map((organisation) => bootstrapOrganisation(organisation)));
    return { ...service, enrolled: results.flatMap(({ enrolled }) => enrolled) };
  } catch (error) {
    await service.close();
    throw error;
  }
}

/** Serves the embedded CAs of organisations in this process, and leaves their material as it is. @throws as {@link serveCas} */
export function serveCasOf(topology: Topology, organisations: readonly Organisation[], options: CaServiceOptions = {}): Promise<CaService> {
  const sites = organisations.map(({ title, ports, ca, tlsCa }) => ({
    host: topology.host,
    port: ports.ca,
    organisation: title,
    nodes: [ca, tlsCa],
  }));
  return serveCas(sites, options);
}
