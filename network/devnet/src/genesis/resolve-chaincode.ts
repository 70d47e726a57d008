import { peer } from '@hyperledger/fabric-protos';
import { EMPTY, hex, sha256, utf8 } from '../proto/bytes';
import { newCollections } from './collections';
import type { Chaincode, ChaincodeService } from './consortium';
import type { CertifiedKey, ChaincodeSpec, CollectionSpec } from './consortium-spec';
import { parseSignaturePolicy } from './parse-signature-policy';
import { Spec, collect, refuse } from './spec-reader';

/** core/chaincode/lifecycle/scc.go, ChaincodeNameRegExp and ChaincodeVersionRegExp. */
const NAME = /^[A-Za-z0-9]+([-_][A-Za-z0-9]+)*$/;
const VERSION = /^[A-Za-z0-9_.+-]+$/;
const SYSTEM_NAMES = ['_lifecycle', 'lscc', 'cscc', 'qscc', 'escc', 'vscc'];
const ADDRESS = /^[^\s:]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/;

/** One definition, for `deployChaincode`. @throws DevnetError DEVNET_CONSORTIUM_INVALID */
export function resolveDefinition(source: ChaincodeSpec, members: readonly string[]): Chaincode {
  const problems: string[] = [];
  const chaincode = resolveChaincode(new Spec(source, 'chaincode', problems), members);
  refuse(problems);
  return chaincode;
}

export function resolveChaincode(spec: Spec, members: readonly string[]): Chaincode {
  spec.allow('name', 'version', 'sequence', 'policy', 'collections', 'services', 'packageId');
  const name = spec.text('name', undefined, NAME);
  const version = spec.text('version', undefined, VERSION);
  if (SYSTEM_NAMES.includes(name)) spec.problems.push(`${spec.place}.name: "${name}" is the name of a system chaincode`);
  return {
    name,
    version,
    sequence: spec.integer('sequence', 1, 1, Number.MAX_SAFE_INTEGER),
    policy: resolvePolicy(spec),
    collections: resolveCollections(spec, members),
    packageId: spec.text('packageId', defaultPackageId(name, version)),
    services: resolveServices(spec.child('services'), members),
  };
}

/** `<label>:<hash>`, as Fabric's package ids look; the hash is of name and version, for there is no package. */
export function defaultPackageId(name: string, version: string): string {
  return `${name}_${version}:${hex(sha256(utf8(`${name}\n${version}`)))}`;
}

/** Serialized peer.ApplicationPolicy of a policy in Fabric's language, or of a reference. @throws DevnetError DEVNET_POLICY_INVALID */
export function applicationPolicy(policy: string): Uint8Array {
  const message = new peer.ApplicationPolicy();
  if (policy.startsWith('/')) message.setChannelConfigPolicyReference(policy);
  else message.setSignaturePolicy(parseSignaturePolicy(policy));
  return message.serializeBinary();
}

function resolvePolicy(spec: Spec): Uint8Array {
  const policy = spec.source['policy'];
  if (policy === undefined) return EMPTY;
  const written = spec.text('policy', undefined);
  return collect(spec.problems, `${spec.place}.policy`, () => applicationPolicy(written)) ?? EMPTY;
}

function resolveCollections(spec: Spec, members: readonly string[]): Uint8Array {
  const collections = spec.list('collections', []);
  for (const collection of collections) checkCollection(collection);
  const specs = collections.map((collection) => collection.source as unknown as CollectionSpec);
  return collect(spec.problems, `${spec.place}.collections`, () => newCollections(specs, members)) ?? EMPTY;
}

function checkCollection(spec: Spec): void {
  spec.allow(
    'name',
    'policy',
    'requiredPeerCount',
    'maxPeerCount',
    'blockToLive',
    'memberOnlyRead',
    'memberOnlyWrite',
    'endorsementPolicy',
  );
  spec.text('name', undefined, /^[A-Za-z0-9-]+([A-Za-z0-9_-]+)*$/);
  spec.text('policy', undefined);
  const required = spec.integer('requiredPeerCount', 0, 0, 1000);
  spec.integer('maxPeerCount', required, required, 1000);
  spec.integer('blockToLive', 0, 0, Number.MAX_SAFE_INTEGER);
  spec.flag('memberOnlyRead');
  spec.flag('memberOnlyWrite');
  const policy = spec.child('endorsementPolicy');
  policy.allow('signaturePolicy', 'channelConfigPolicy');
  if (Object.keys(policy.source).length > 1) spec.problems.push(`${policy.place}: either signaturePolicy or channelConfigPolicy, not both`);
}

function resolveServices(spec: Spec, members: readonly string[]): ReadonlyMap<string, ChaincodeService> {
  const services = new Map<string, ChaincodeService>();
  for (const [mspId, source] of Object.entries(spec.source)) {
    const service = new Spec(typeof source === 'string' ? { address: source } : source, `${spec.place}.${mspId}`, spec.problems);
    service.allow('address', 'tlsRootCertificates', 'client');
    if (!members.includes(mspId)) spec.problems.push(`${service.place}: no organisation of the channel; they are ${members.join(', ')}`);
    const roots = service.source['tlsRootCertificates'] === undefined ? undefined : service.text('tlsRootCertificates', undefined);
    services.set(mspId, {
      address: service.text('address', undefined, ADDRESS),
      tlsRootCertificates: roots,
      client: resolveClient(service),
    });
  }
  return services;
}

function resolveClient(service: Spec): CertifiedKey | undefined {
  if (service.source['client'] === undefined) return undefined;
  const client = service.child('client');
  client.allow('certificate', 'privateKey');
  return { certificate: client.text('certificate', undefined), privateKey: client.text('privateKey', undefined) };
}
