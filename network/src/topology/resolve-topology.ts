import { join, resolve } from 'node:path';
import { PORTS_PER_ORGANISATION } from './find-reference-problems';
import { resolveArguments } from './resolve-arguments';
import { resolveOrganisation } from './resolve-organisation';
import type { Collection, FirstTransaction, Policy, Topology } from './topology';
import type { LedgerName, TopologySpec } from './topology-spec';

export interface ResolveOptions {
  /** Folder that the chaincode's and the gateway's folder are relative to. */
  readonly root: string;
  /** The ledger, instead of the file's. */
  readonly ledger?: LedgerName;
  /** Where everything of the running network is kept; `<root>/run/<name>` (on Fabric `<name>-fabric`) unless given. */
  readonly runFolder?: string;
  /** The channel, instead of the file's; see `isChannelName`. */
  readonly channel?: string;
  /** Where the chaincode is built, instead of the file's: an absolute path. */
  readonly chaincodeFolder?: string;
  /** First port, instead of the file's: several networks can run side by side. */
  readonly basePort?: number;
}

const HOST = '127.0.0.1';

/** Makes everything of a topology explicit: ports, addresses, paths, identities, members of policies. Pure; the result is deeply frozen. */
export function resolveTopology(spec: TopologySpec, options: ResolveOptions): Topology {
  const ledger = options.ledger ?? spec.ledger;
  const run = resolve(options.runFolder ?? join(options.root, 'run', ledger === 'devnet' ? spec.name : `${spec.name}-${ledger}`));
  const domain = spec.domain ?? `${spec.name}.internal`;
  const base = options.basePort ?? spec.ports.base;
  const organisations = spec.organisations.map((organisation, index) =>
    resolveOrganisation(organisation, {
      host: HOST,
      firstPort: base + index * PORTS_PER_ORGANISATION,
      folder: join(run, 'organisations', organisation.name),
      network: spec.name,
      domain,
    }),
  );
  return deepFreeze({
    version: 1,
    name: spec.name,
    domain,
    channel: options.channel ?? spec.channel,
    ledger,
    host: HOST,
    organisations,
    policies: resolvePolicies(spec),
    chaincode: {
      name: spec.chaincode.name,
      folder: resolve(options.root, options.chaincodeFolder ?? spec.chaincode.folder),
      policy: spec.chaincode.policy,
      policyReference: policyReference(spec.chaincode.policy),
      collections: resolveCollections(spec),
      first: spec.chaincode.first.map((first): FirstTransaction => ({
        ...first,
        arguments: resolveArguments(first.arguments, spec.organisations),
        mspId: mspIdOf(spec, first.organisation),
      })),
    },
    gateway: spec.gateway === undefined ? undefined : { folder: resolve(options.root, spec.gateway.folder) },
    fabric: spec.fabric,
    paths: {
      run,
      topology: join(run, 'topology.json'),
      supervisor: join(run, 'supervisor.json'),
      ledger: join(run, 'ledger'),
      logs: join(run, 'logs'),
      organisations: join(run, 'organisations'),
    },
  });
}

function resolvePolicies(spec: TopologySpec): Policy[] {
  return Object.entries(spec.policies).map(([name, { outOf, of }]) => ({
    name,
    reference: policyReference(name),
    outOf,
    mspIds: mspIdsOf(spec, of),
  }));
}

function resolveCollections(spec: TopologySpec): Collection[] {
  return spec.chaincode.collections.map(({ members, maxPeerCount, endorsement, ...collection }) => {
    const mspIds = mspIdsOf(spec, members);
    const policy = endorsement === undefined ? undefined : policyReference(endorsement);
    return { ...collection, mspIds, maxPeerCount: maxPeerCount ?? mspIds.length - 1, policyReference: policy };
  });
}

function mspIdsOf(spec: TopologySpec, members: 'all' | readonly string[]): string[] {
  return members === 'all' ? spec.organisations.map(({ mspId }) => mspId) : members.map((member) => mspIdOf(spec, member));
}

/** Fabric finds a channel policy by its absolute path only: without the leading slash the definition commits and no write validates. */
function policyReference(name: string): string {
  return `/Channel/Application/${name}`;
}

function mspIdOf(spec: TopologySpec, name: string): string {
  const organisation = spec.organisations.find((candidate) => candidate.name === name);
  if (!organisation) {
    throw new Error(`A parsed topology names only organisations it has, but not ${name}`);
  }
  return organisation.mspId;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
