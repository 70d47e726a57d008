import type { Organisation, Topology } from '../../topology';
import { LedgerRefusal } from '../ledger-refusal';
import { LifecycleError } from '../lifecycle-error';
import { openPeerConnection, type PeerConnection } from '../peer-connection';
import { approveDefinition } from './approve-definition';
import { commitDefinition } from './commit-definition';
import { compareTerms, newDefinitionTerms } from './definition';
import { assertApprovable } from './definition-errors';
import type { NamedDefinition } from './definition-messages';
import { queryCommitted } from './definition-queries';
import { ensureInstalled, type DeploymentFacts, type WantedDeployment } from './deploy-definition';
import { formatReadiness, readMembers } from './member-readiness';

/** Waits for what other members do, however long it takes: `look` resolves with what is missing still, or with undefined when nothing is. */
export type WaitForOthers = (look: () => Promise<string | undefined>) => Promise<void>;

/**
 * One member's part in bringing a chaincode onto the channel, on a machine of its own: it installs its package and approves the definition that the
 * topology wants, the committed one where that is as wanted and else the next. Then it waits until enough members have done the same; whoever sees
 * that first commits it. Does nothing when everything is as wanted.
 * @throws LifecycleError DEFINITION_DIFFERS when the members agreed on another one; LedgerRefusal
 */
export async function agreeOnDefinition(
  topology: Topology,
  organisation: Organisation,
  wanted: Pick<WantedDeployment, 'package' | 'version'>,
  waitForOthers: WaitForOthers,
): Promise<DeploymentFacts> {
  const connection = openPeerConnection(organisation);
  try {
    await ensureInstalled(connection, wanted.package);
    const definition = await chooseWanted(connection, topology, wanted.version);
    const approval = await approveDefinition(connection, topology.channel, definition, wanted.package.packageId);
    let commit: string | undefined;
    await waitForOthers(async () => {
      const { missing, transaction } = await lookForCommit(connection, topology.channel, definition);
      commit ??= transaction;
      return missing;
    });
    assertApprovable(definition, await queryCommitted(connection, topology.channel, definition.name));
    return { sequence: definition.sequence, transactions: [approval, commit].filter((id) => id !== undefined) };
  } finally {
    connection.close();
  }
}

async function chooseWanted(connection: PeerConnection, topology: Topology, version: string): Promise<NamedDefinition> {
  const { name } = topology.chaincode;
  const terms = newDefinitionTerms(topology, version);
  const committed = await queryCommitted(connection, topology.channel, name);
  const isWanted = committed !== undefined && compareTerms(terms, committed.terms).length === 0;
  return { name, sequence: (committed?.sequence ?? 0) + (isWanted ? 0 : 1), terms };
}

/** Commits the definition as soon as more than half of the members have approved it (the channel's policy `LifecycleEndorsement`). */
async function lookForCommit(
  connection: PeerConnection,
  channel: string,
  definition: NamedDefinition,
): Promise<{ readonly missing?: string; readonly transaction?: string | undefined }> {
  const { name, sequence } = definition;
  if (((await queryCommitted(connection, channel, name))?.sequence ?? 0) >= sequence) return {};
  const members = await readMembers([connection], channel, definition);
  const approving = members.filter(({ approved }) => approved);
  const missing = `sequence ${String(sequence)} of ${name} is not committed yet; ${formatReadiness(members).join(', ')}`;
  if (approving.length * 2 <= members.length) return { missing };
  try {
    return { missing, transaction: await commitDefinition(connection, channel, definition) };
  } catch (error) {
    // Another member may be about to commit it, or a peer may not have read an approval yet.
    if (error instanceof LedgerRefusal || error instanceof LifecycleError) return { missing };
    throw error;
  }
}
