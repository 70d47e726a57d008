import { CONNECTION_FOLDER_VARIABLE, chaincodeConnectionFolder } from '../../render';
import type { ProcessSpec } from '../../process';
import type { NodeFolders, Organisation, Topology } from '../../topology';

/** Programs and surroundings of all nodes. */
export interface NodePlatform {
  readonly programs: { readonly peer: string; readonly orderer: string };
  readonly environment: Readonly<Record<string, string>>;
}

/** gRPC and gossip tell of every connection that fails while others start. */
const LOGGING = 'info:grpc=warning:comm.grpc.server=warning:gossip=warning:policies=warning';
const LOG_FORMAT = '%{time:2006-01-02T15:04:05.000Z07:00} %{level:.4s} [%{module}] %{message}';
const READY_WITHIN_MS = 60_000;
/** A peer that looks for private data ends its look first. */
const STOPS_WITHIN_MS = 30_000;

/** An organisation's peer. Healthy is not ready: it answers before it has read its channels. */
export function newPeerProcess(topology: Topology, organisation: Organisation, platform: NodePlatform): ProcessSpec {
  const { name, title, ports, nodes } = organisation;
  const named = { name: `peer-${name}`, title: `the peer of ${title}` };
  const argv = [platform.programs.peer, 'node', 'start'] as const;
  const own = [ports.peerOperations, ports.peerChaincode].map((port) => ({ host: topology.host, port }));
  const listens = [{ host: organisation.listens, port: ports.peer }, ...own];
  const spec = newNodeProcess({ platform, folders: nodes.peer }, named, argv, listens);
  const connection = { [CONNECTION_FOLDER_VARIABLE]: chaincodeConnectionFolder(nodes.peer) };
  return {
    ...spec,
    env: { ...spec.env, ...connection },
    readiness: healthAt(topology, ports.peerOperations),
  };
}

/** An organisation's node of the ordering service. */
export function newOrdererProcess(
  topology: Topology,
  { name, title, ports, listens: host }: Organisation,
  folders: NodeFolders,
  platform: NodePlatform,
): ProcessSpec {
  const named = { name: `orderer-${name}`, title: `the orderer of ${title}` };
  const own = [ports.ordererAdmin, ports.ordererOperations].map((port) => ({ host: topology.host, port }));
  const listens = [{ host, port: ports.orderer }, ...own];
  const spec = newNodeProcess({ platform, folders }, named, [platform.programs.orderer], listens);
  return { ...spec, readiness: healthAt(topology, ports.ordererOperations) };
}

interface NodeContext {
  readonly platform: NodePlatform;
  readonly folders: NodeFolders;
}

function newNodeProcess(
  { platform, folders }: NodeContext,
  named: Pick<ProcessSpec, 'name' | 'title'>,
  argv: ProcessSpec['argv'],
  listens: ProcessSpec['listens'],
): Omit<ProcessSpec, 'readiness'> {
  return {
    ...named,
    argv,
    cwd: folders.config,
    env: {
      ...platform.environment,
      FABRIC_CFG_PATH: folders.config,
      FABRIC_LOGGING_SPEC: LOGGING,
      FABRIC_LOGGING_FORMAT: LOG_FORMAT,
    },
    listens,
    readyWithinMs: READY_WITHIN_MS,
    stopsWithinMs: STOPS_WITHIN_MS,
    talks: false,
  };
}

function healthAt({ host }: Topology, port: number): ProcessSpec['readiness'] {
  return { kind: 'http', url: `http://${host}:${String(port)}/healthz` };
}
