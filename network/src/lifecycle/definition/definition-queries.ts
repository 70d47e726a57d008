import { GatewayError } from '@hyperledger/fabric-gateway';
import { peer } from '@hyperledger/fabric-protos';
import { askPeer, askPeerIfFound, type PeerQuestion } from '../ask-peer';
import { listInstalled } from '../install-package';
import { LifecycleError } from '../lifecycle-error';
import type { PeerConnection } from '../peer-connection';
import type { DefinitionTerms } from './definition';
import { fillMessage, readTerms, type NamedDefinition } from './definition-messages';

const { lifecycle } = peer;

/** What the channel has agreed on. */
export interface CommittedDefinition {
  readonly name: string;
  readonly sequence: number;
  readonly terms: DefinitionTerms;
  /** Whether each member has approved just this, by MSP id. */
  readonly approvals: Readonly<Record<string, boolean>>;
}

/** What one organisation has approved. */
export interface ApprovedDefinition {
  readonly sequence: number;
  readonly terms: DefinitionTerms;
  /** The package that its peers run for it; undefined: none, so that they refuse every call. */
  readonly packageId: string | undefined;
}

/** Which members have approved just this definition. */
export interface Readiness {
  readonly approvals: Readonly<Record<string, boolean>>;
  /** Per member that has not: which parts of what it approved are other. The values themselves are that member's own. */
  readonly mismatches: Readonly<Record<string, readonly MismatchedPart[]>>;
}

/** Parts by which Fabric compares approvals; `nothing`: that member has approved nothing for this sequence. */
export type MismatchedPart = 'nothing' | 'version' | 'policy' | 'collections';

const LIFECYCLE = '_lifecycle';
const CHECK_READINESS = 'CheckCommitReadiness';
const NOT_APPROVED = /could not fetch approved chaincode definition/;
/** core/ledger/kvledger/txmgmt/txmgr, ErrPvtdataNotAvailable. */
const LOST = /private data matching public hash version is not available/;
/** Names of fields and of their structure in Fabric (core/chaincode/lifecycle/serializer.go, IsSerialized). */
const PARTS: Readonly<Record<string, MismatchedPart>> = {
  ChaincodeParameters: 'nothing',
  EndorsementInfo: 'version',
  ValidationInfo: 'policy',
  Collections: 'collections',
};

/** The definition of that name that the peer has seen committed. @throws LifecycleError */
export async function queryCommitted(connection: PeerConnection, channel: string, name: string): Promise<CommittedDefinition | undefined> {
  const query = new lifecycle.QueryChaincodeDefinitionArgs();
  query.setName(name);
  const what = `tell the committed definition of ${name}`;
  const answer = await askPeerIfFound(connection, newQuestion(channel, 'QueryChaincodeDefinition', query, what));
  if (answer === undefined) return undefined;
  const result = lifecycle.QueryChaincodeDefinitionResult.deserializeBinary(answer);
  const approvals = Object.fromEntries(result.getApprovalsMap().toArray());
  return { name, sequence: result.getSequence(), terms: readTerms(result), approvals };
}

/** What the peer's own organisation has approved for a sequence. @throws LifecycleError APPROVAL_LOST, ... */
export async function queryApproved(
  connection: PeerConnection,
  channel: string,
  name: string,
  sequence: number,
): Promise<ApprovedDefinition | undefined> {
  const query = new lifecycle.QueryApprovedChaincodeDefinitionArgs();
  query.setName(name);
  query.setSequence(sequence);
  const what = `tell which definition of ${name} its organisation approved as sequence ${String(sequence)}`;
  try {
    const answer = await askPeer(connection, newQuestion(channel, 'QueryApprovedChaincodeDefinition', query, what));
    const result = lifecycle.QueryApprovedChaincodeDefinitionResult.deserializeBinary(answer);
    const packageId = result.getSource()?.getLocalPackage()?.getPackageId();
    return { sequence: result.getSequence(), terms: readTerms(result), packageId: packageId === '' ? undefined : packageId };
  } catch (error) {
    if (error instanceof LifecycleError && NOT_APPROVED.test(error.message)) return undefined;
    if (error instanceof LifecycleError && LOST.test(error.message)) return recoverApproved(connection, channel, name, sequence);
    throw error;
  }
}

/**
 * The same of a peer that has lost what it approved: it was restored from an older backup, and nobody else keeps it. The ledger has the hashes,
 * by which the peer knows whether it agrees with what is committed, and finds the package among those it has.
 */
async function recoverApproved(connection: PeerConnection, channel: string, name: string, sequence: number): Promise<ApprovedDefinition> {
  const committed = await queryCommitted(connection, channel, name);
  if (committed?.sequence !== sequence || committed.approvals[connection.mspId] !== true) {
    const message = `The peer of ${connection.organisation.title} (${connection.mspId}) has lost what it approved as sequence ${String(sequence)} of ${name}: it was restored from an older backup.`;
    const hint =
      'It cannot be approved anew, and counts as it was. Let the others commit that sequence (`lifecycle`); the one after it can be approved.';
    throw new LifecycleError('APPROVAL_LOST', message, hint);
  }
  const installed = await listInstalled(connection);
  const used = installed.find(({ uses }) => uses.some((each) => each.channel === channel && each.name === name));
  return { sequence, terms: committed.terms, packageId: used?.packageId };
}

/**
 * Who has approved a definition that is not committed yet; its sequence must be the next one.
 * @throws LifecycleError PEER_REFUSED for another sequence
 */
export async function queryReadiness(connection: PeerConnection, channel: string, definition: NamedDefinition): Promise<Readiness> {
  const query = fillMessage(new lifecycle.CheckCommitReadinessArgs(), definition);
  const what = `tell who approved ${definition.name} as sequence ${String(definition.sequence)}`;
  return readReadiness(await askPeer(connection, newQuestion(channel, CHECK_READINESS, query, what)));
}

/** The same as another member's peer sees it, asked through the own gateway; undefined when that peer does not answer or is further behind. */
export async function queryReadinessElsewhere(
  { gateway }: PeerConnection,
  channel: string,
  definition: NamedDefinition,
  mspId: string,
): Promise<Readiness | undefined> {
  const query = fillMessage(new lifecycle.CheckCommitReadinessArgs(), definition);
  const call = { arguments: [query.serializeBinary()], endorsingOrganizations: [mspId] };
  try {
    return readReadiness(await gateway.getNetwork(channel).getContract(LIFECYCLE).evaluate(CHECK_READINESS, call));
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

function readReadiness(answer: Uint8Array): Readiness {
  const result = lifecycle.CheckCommitReadinessResult.deserializeBinary(answer);
  const mismatches: Record<string, readonly MismatchedPart[]> = {};
  result.getMismatchesMap().forEach((parts, mspId) => {
    mismatches[mspId] = parts.getItemsList().map(readPart);
  });
  return { approvals: Object.fromEntries(result.getApprovalsMap().toArray()), mismatches };
}

function newQuestion(channel: string, transaction: string, query: { serializeBinary(): Uint8Array }, what: string): PeerQuestion {
  return { channel, chaincode: LIFECYCLE, transaction, arguments: [query.serializeBinary()], what };
}

function readPart(item: string): MismatchedPart {
  return PARTS[item] ?? 'nothing';
}
