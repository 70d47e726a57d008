import { isWhole, type Organisation, type Topology } from '../topology';
import { DeploymentError } from './deployment-error';

/** What a topology has in addition to that of a running network. */
export interface Addition {
  readonly organisations: readonly Organisation[];
  /** Whose orderers come: those of new organisations, and of members that ran none. */
  readonly orderers: readonly Organisation[];
}

/**
 * Compares a topology with that of the running network: it may have organisations at its end, and orderers of members that ran none. What the
 * first deployment ran, block sizes and timers are not compared: they are in the ledger already.
 * @throws DeploymentError JOIN_IMPOSSIBLE with everything else in which they differ
 */
export function findJoining(running: Topology, next: Topology): Addition {
  const [has, wants] = [partsOf(running, running), partsOf(next, running)];
  const names = [...new Set([...has.keys(), ...wants.keys()])];
  const differences = names.flatMap((name) => (has.get(name) === wants.get(name) ? [] : [describe(name, has.has(name), wants.has(name))]));
  if (differences.length > 0)
    throw new DeploymentError(
      'JOIN_IMPOSSIBLE',
      ['Into a running network only further organisations are taken, and orderers of members; but these differ:', ...differences].join(
        '\n  ',
      ),
      'Take the topology file that the network runs with, and add organisations at the end of "organisations".',
    );
  const members = new Map(running.organisations.map((member) => [member.mspId, member]));
  return {
    organisations: next.organisations.filter(({ mspId }) => !members.has(mspId)),
    orderers: next.organisations.filter(({ mspId, nodes }) => nodes.orderer !== undefined && !members.get(mspId)?.nodes.orderer),
  };
}

/** A member on a machine of its own cannot take others in by itself. @throws DeploymentError JOIN_IMPOSSIBLE */
export function assertWhole(topology: Topology): void {
  if (isWhole(topology)) return;
  throw new DeploymentError(
    'JOIN_IMPOSSIBLE',
    'This machine runs the nodes of one member alone; who becomes a member is signed by others too.',
    'Use `channel add-organisation` and `channel add-orderer`, with a file that the members sign.',
  );
}

/** The topology in which those organisations are members and no orderer is new. */
export function withoutOrderers(topology: Topology, orderers: readonly Organisation[]): Topology {
  const mspIds = new Set(orderers.map(({ mspId }) => mspId));
  const organisations = topology.organisations.map((each) =>
    mspIds.has(each.mspId) ? { ...each, nodes: { ...each.nodes, orderer: undefined } } : each,
  );
  return { ...topology, organisations };
}

/** What must stay, by name, each as text; what speaks of other members than those of the running network is left out. */
function partsOf(topology: Topology, { organisations: members }: Topology): ReadonlyMap<string, string> {
  const known = new Map(members.map((member) => [member.mspId, member]));
  const isKnown = (mspId: string): boolean => known.has(mspId);
  const { name, channel, ledger, domain, host, gateway, fabric, chaincode, paths } = topology;
  const parts: readonly (readonly [string, unknown])[] = [
    ['the name', name],
    ['the channel', channel],
    ['the ledger', ledger],
    ['the domain', domain],
    ['the host', host],
    ['the run folder', paths.run],
    ['the gateway', gateway],
    ['the version of Fabric', fabric.version],
    ['the endorsement timeout', fabric.endorsementTimeout],
    ['the chaincode', [chaincode.name, chaincode.folder, chaincode.policy]],
    ...topology.policies.map((each) => [`the policy ${each.name}`, [each.outOf, each.mspIds.filter(isKnown).toSorted()]] as const),
    ...chaincode.collections.map((each) => [`the collection ${each.name}`, describeCollection(each, isKnown)] as const),
    ...topology.organisations
      .filter(({ mspId }) => isKnown(mspId))
      .map((each) => [`the organisation ${each.name}`, describeOrganisation(each, known.get(each.mspId))] as const),
  ];
  return new Map(parts.map(([part, value]) => [part, JSON.stringify(value ?? null)]));
}

/** An orderer that comes is no difference; one that goes is. */
function describeOrganisation(organisation: Organisation, running: Organisation | undefined): unknown {
  const orderer = running?.nodes.orderer === undefined ? undefined : organisation.nodes.orderer;
  return { ...organisation, nodes: { ...organisation.nodes, orderer } };
}

/** As many copies as there are other members unless the file says how many, so that number may grow with them. */
function describeCollection(
  { mspIds, maxPeerCount, ...collection }: Topology['chaincode']['collections'][number],
  isKnown: (mspId: string) => boolean,
): unknown {
  const copies = maxPeerCount === mspIds.length - 1 ? 'all' : maxPeerCount;
  return { ...collection, copies, mspIds: mspIds.filter(isKnown).toSorted() };
}

function describe(name: string, isThere: boolean, isWanted: boolean): string {
  if (isThere && isWanted) return `${name} is another one.`;
  return isThere ? `${name} is missing.` : `${name} is new.`;
}
