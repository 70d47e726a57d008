import type { BuiltChaincode, ChaincodePort, Deployment, JoiningOrderers, LedgerEngine } from '../ledger';
import { assertPortsFree, type OnReady, type Platform, type ProcessSpec, type Supervisor } from '../process';
import type { Organisation, Topology } from '../topology';
import { handOutDocuments } from './hand-out-documents';
import { assertMachineSuffices } from './machine-needs';
import { newCaProcess, newChaincodeProcess, newGatewayProcesses } from './network-processes';

/** A running network, as one that takes more into it needs it. */
export interface RunningNetwork {
  readonly topology: Topology;
  readonly supervisor: Supervisor;
  readonly platform: Platform;
  /** What its members run, and where. */
  readonly chaincode: BuiltChaincode;
  readonly port: ChaincodePort;
  readonly onReady: OnReady;
  /** Does a step and tells of it, when it has something to say. */
  readonly time: (title: string, run: () => Promise<string | undefined>) => Promise<void>;
}

/** What the network is to become: its topology, and the engine for that. */
export interface Growth {
  readonly topology: Topology;
  readonly engine: LedgerEngine;
}

/**
 * Takes organisations into a running network: certificates, membership of the channel, peer and chaincode, the approval of the definition there is,
 * gateway. What fails before they are members leaves the network as it was; after that, calling it again completes it.
 * @throws ProcessError PORT_IN_USE, DeploymentError and whatever keeps a process from starting or the ledger from taking them in
 */
export async function joinOrganisations(
  network: RunningNetwork,
  growth: Growth,
  organisations: readonly Organisation[],
): Promise<Deployment> {
  const { supervisor, time, onReady } = network;
  const { topology, engine } = growth;
  const first = network.topology.organisations[0]?.name ?? '';
  await engine.provide();
  assertMachineSuffices(topology, engine.needs);
  const plan = planProcesses(network, growth, organisations);
  await assertPortsFree([withNewPortsAlone(plan.ca, supervisor), ...plan.nodes, ...plan.gateways]);
  await becomeMembers(network, growth, { plan, organisations });
  const started = [...plan.nodes, ...plan.gateways].map(({ name }) => name);
  try {
    await supervisor.startBeside(`chaincode-${first}`, plan.nodes, onReady);
    await time('the channel', () => engine.openChannel());
    const deployment = await deploy(network, growth);
    if (plan.gateways.length > 0) await supervisor.startBeside(`gateway-${first}`, plan.gateways, onReady);
    return deployment;
  } catch (error) {
    await supervisor.retire(started.filter((name) => supervisor.specs.has(name)));
    throw error;
  }
}

/** The new members approve the definition there is; a collection of all members makes it another one, which all approve. */
async function deploy({ chaincode, port, time }: RunningNetwork, { engine }: Growth): Promise<Deployment> {
  let deployment: Deployment = { sequence: 0, transactions: [] };
  await time('the chaincode definition', async () => {
    deployment = await engine.deploy(chaincode, port);
    return `sequence ${String(deployment.sequence)}, ${String(deployment.transactions.length)} lifecycle transactions`;
  });
  return deployment;
}

/** Takes orderers of members into the ordering service of a running network. Calling it again completes what was interrupted. */
export async function joinOrderers(network: RunningNetwork, { engine }: Growth, joining: JoiningOrderers): Promise<void> {
  const { supervisor, time, onReady } = network;
  await engine.provide();
  const specs = engine
    .stages()
    .flat()
    .filter(({ name }) => !supervisor.specs.has(name));
  if (specs.length > 0) {
    await assertPortsFree(specs);
    await engine.prepareOrderers(joining);
    await supervisor.startBeside(`chaincode-${joining.present[0]?.name ?? ''}`, specs, onReady);
  }
  await time('the ordering service', () => engine.seatOrderers(joining));
  await time('the channel', () => engine.openChannel());
}

interface Plan {
  readonly ca: ProcessSpec;
  readonly nodes: readonly ProcessSpec[];
  readonly gateways: readonly ProcessSpec[];
}

/** The processes of the new organisations, and the one that has work for all. */
function planProcesses(
  { supervisor, platform, chaincode, port }: RunningNetwork,
  { topology, engine }: Growth,
  organisations: readonly Organisation[],
): Plan {
  const isNew = ({ name }: ProcessSpec): boolean => !supervisor.specs.has(name);
  const packageId = engine.packageId(chaincode);
  const chaincodes = organisations.map((each) => newChaincodeProcess(topology, each, { packageId, port }, platform));
  return {
    ca: newCaProcess(topology, platform),
    nodes: [...engine.stages().flat(), ...chaincodes].filter(isNew),
    gateways: newGatewayProcesses(topology, platform).filter(isNew),
  };
}

/** The certificate authorities issue what the new members need; then the channel takes them in. Undone when it does not. */
async function becomeMembers(
  { topology: before, supervisor, platform, time }: RunningNetwork,
  { topology, engine }: Growth,
  { plan, organisations }: { readonly plan: Plan; readonly organisations: readonly Organisation[] },
): Promise<void> {
  const names = organisations.map(({ title }) => title).join(', ');
  try {
    handOutDocuments(topology);
    await time('certificates', async () => {
      await supervisor.replace([plan.ca]);
      return names;
    });
    await time('members of the channel', () => engine.admit({ present: before.organisations, organisations }));
  } catch (error) {
    handOutDocuments(before);
    // Whatever else fails now: why they are not members must be heard.
    if (!supervisor.isStopping) await supervisor.replace([newCaProcess(before, platform)]).catch(() => undefined);
    throw error;
  }
}

/** A process that runs and is to have more addresses holds the others itself. */
function withNewPortsAlone(spec: ProcessSpec, supervisor: Supervisor): ProcessSpec {
  const held = supervisor.specs.get(spec.name)?.listens ?? [];
  return { ...spec, listens: spec.listens.filter(({ port }) => !held.some((each) => each.port === port)) };
}
