import type { Topology } from '../../topology';
import type { PeerConnection } from '../peer-connection';
import { compareTerms, newDefinitionTerms } from './definition';
import type { NamedDefinition } from './definition-messages';
import { queryApproved, queryCommitted } from './definition-queries';

/** What an organisation runs, or is about to run. */
export interface Release {
  readonly version: string;
  readonly packageId: string;
}

/**
 * The definition that a step of one member is about, when members take the steps on machines of their own: the next one if what the topology
 * wants differs from what is committed, if the organisation runs another package, or if it approved the next one already; else the committed
 * one, which it may have to approve still.
 * @throws LifecycleError
 */
export async function chooseDefinition(connection: PeerConnection, topology: Topology, release: Release): Promise<NamedDefinition> {
  const { channel, chaincode } = topology;
  const { name } = chaincode;
  const terms = newDefinitionTerms(topology, release.version);
  const committed = await queryCommitted(connection, channel, name);
  const next = { name, sequence: (committed?.sequence ?? 0) + 1, terms };
  if (committed === undefined || compareTerms(terms, committed.terms).length > 0) return next;
  if ((await queryApproved(connection, channel, name, next.sequence)) !== undefined) return next;
  const now = await queryApproved(connection, channel, name, committed.sequence);
  const joins = now === undefined || now.packageId === release.packageId;
  return joins ? { name, sequence: committed.sequence, terms: committed.terms } : next;
}
