import type { Topology } from '../../topology';
import { installPackage, listInstalled } from '../install-package';
import type { ChaincodePackage } from '../package';
import { openPeerConnection, type PeerConnection } from '../peer-connection';
import { waitUntil } from '../wait-until';
import { approveDefinition } from './approve-definition';
import { commitDefinition } from './commit-definition';
import { compareTerms, newDefinitionTerms, type DefinitionTerms } from './definition';
import type { NamedDefinition } from './definition-messages';
import { newBehind, newNotReady } from './definition-errors';
import { queryApproved, queryCommitted, queryReadiness, type CommittedDefinition } from './definition-queries';
import { readMembers } from './member-readiness';

/** What the members of a network on one machine shall run. */
export interface WantedDeployment {
  readonly package: ChaincodePackage;
  readonly version: string;
  /** Called when all members have approved and before the definition changes; not when it stays. */
  readonly onApproved?: () => Promise<void>;
}

export interface DeploymentFacts {
  readonly sequence: number;
  /** Ids of the transactions that this call made; none when everything was as wanted. */
  readonly transactions: readonly string[];
}

/** Peers read the block that one of them has read already. */
const SEEN_WITHIN_MS = 30_000;

type Connections = readonly [PeerConnection, ...PeerConnection[]];

/**
 * Brings a chaincode onto the channel as the topology wants it, as the admins of all its organisations. Asks first and does what is missing:
 * installs, approves, commits; so it completes what an interrupted call began, and does nothing when everything is as wanted. Another
 * package, policy or collections become the next sequence. Resolves when every organisation's peer has the definition.
 * @throws LifecycleError, LedgerRefusal
 */
export async function deployDefinition(topology: Topology, wanted: WantedDeployment): Promise<DeploymentFacts> {
  const [first, ...others] = topology.organisations.map(openPeerConnection);
  if (first === undefined) throw new Error('A resolved topology has organisations');
  const connections: Connections = [first, ...others];
  try {
    return await deploy(topology, wanted, connections);
  } finally {
    for (const connection of connections) connection.close();
  }
}

async function deploy(topology: Topology, wanted: WantedDeployment, connections: Connections): Promise<DeploymentFacts> {
  const { channel, chaincode } = topology;
  const { packageId } = wanted.package;
  await Promise.all(connections.map((connection) => ensureInstalled(connection, wanted.package)));
  const committed = await queryNewest(connections, channel, chaincode.name);
  const next = {
    name: chaincode.name,
    sequence: (committed?.sequence ?? 0) + 1,
    terms: newDefinitionTerms(topology, wanted.version),
  };
  const stays = committed !== undefined && (await isReleased(connections, channel, { committed, terms: next.terms, packageId }));
  const definition: NamedDefinition = stays ? committed : next;
  const approvals = await Promise.all(connections.map((each) => approveDefinition(each, channel, definition, packageId)));
  const commit = stays ? undefined : await commitApproved(connections, channel, definition, wanted);
  return { sequence: definition.sequence, transactions: [...approvals, commit].filter((id) => id !== undefined) };
}

/** Installs a package on the peer unless it has it. */
export async function ensureInstalled(connection: PeerConnection, { packageId, bytes }: ChaincodePackage): Promise<void> {
  const installed = await listInstalled(connection);
  if (installed.some((each) => each.packageId === packageId)) return;
  await installPackage(connection, bytes);
}

/** The newest definition that any of the peers has; resolves when all have it. */
async function queryNewest(connections: Connections, channel: string, name: string): Promise<CommittedDefinition | undefined> {
  const found = await Promise.all(connections.map((connection) => queryCommitted(connection, channel, name)));
  const newest = found.filter((each) => each !== undefined).sort((one, other) => other.sequence - one.sequence)[0];
  if (newest !== undefined) await untilAllHave(connections, channel, newest);
  return newest;
}

/**
 * Whether the committed definition is this release: members agreed on just these terms, and one of them runs this package for it. Then
 * the others join it; a package that nobody runs is another release.
 */
async function isReleased(
  connections: Connections,
  channel: string,
  { committed, terms, packageId }: { committed: CommittedDefinition; terms: DefinitionTerms; packageId: string },
): Promise<boolean> {
  if (compareTerms(terms, committed.terms).length > 0) return false;
  const { name, sequence } = committed;
  const approved = await Promise.all(connections.map((connection) => queryApproved(connection, channel, name, sequence)));
  return approved.some((each) => each?.packageId === packageId);
}

async function commitApproved(
  connections: Connections,
  channel: string,
  definition: NamedDefinition,
  { onApproved }: WantedDeployment,
): Promise<string | undefined> {
  const [first] = connections;
  const seen = await waitUntil(SEEN_WITHIN_MS, async () => {
    const { approvals } = await queryReadiness(first, channel, definition);
    return connections.every(({ mspId }) => approvals[mspId] === true);
  });
  if (!seen) throw newNotReady(definition, await readMembers(connections, channel, definition));
  await onApproved?.();
  const transaction = await commitDefinition(first, channel, definition);
  await untilAllHave(connections, channel, definition);
  return transaction;
}

async function untilAllHave(connections: Connections, channel: string, { name, sequence }: NamedDefinition): Promise<void> {
  const waits = connections.map(async (connection) => {
    const has = await waitUntil(SEEN_WITHIN_MS, async () => ((await queryCommitted(connection, channel, name))?.sequence ?? 0) >= sequence);
    if (!has) throw newBehind(connection, channel, `sequence ${String(sequence)} of ${name}`);
  });
  await Promise.all(waits);
}
