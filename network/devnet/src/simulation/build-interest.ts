import { common } from '@hyperledger/fabric-protos';
import type { MetadataEntry } from '../proto/rwset';
import { decode } from '../proto/wire';
import type { ChaincodeCall, Interest } from './interest';
import { VALIDATION_PARAMETER } from '../proto/key-metadata';

/** A written key with its committed metadata. */
export interface WrittenKey {
  readonly namespace: string;
  /** Undefined: public. */
  readonly collection: string | undefined;
  readonly committed: readonly MetadataEntry[];
}

export interface SimulationFacts {
  readonly written: Iterable<WrittenKey>;
  /** All namespaces that were touched. */
  readonly namespaces: readonly string[];
  /** Collections whose plain values were asked for, per namespace; hash reads do not count. */
  readonly privateReads: ReadonlyMap<string, ReadonlySet<string>>;
}

const SYSTEM_NAMESPACES = new Set(['_lifecycle', 'lscc', 'qscc', 'cscc']);
const PUBLIC = '';

interface Needs {
  readonly keyPolicies: Uint8Array[];
  /** Per collection (public: empty name), whether its own policy is needed. */
  readonly required: Map<string, boolean>;
}

/** The interest of a transaction: which policies its writes fall under, as of the committed state (core/endorser/endorser.go, buildChaincodeInterest). @throws Error for a key policy that is none. */
export function buildInterest({ written, namespaces, privateReads }: SimulationFacts): Interest {
  const needs = needsOfWrites(written);
  for (const namespace of namespaces)
    if (!needs.has(namespace)) needs.set(namespace, { keyPolicies: [], required: new Map([[PUBLIC, true]]) });
  for (const [namespace, collections] of privateReads)
    for (const collection of collections) needs.get(namespace)?.required.set(collection, true);
  return [...needs]
    .filter(([namespace]) => !SYSTEM_NAMESPACES.has(namespace))
    .flatMap(([namespace, need]) => callsOf(namespace, need, privateReads.get(namespace) ?? new Set()));
}

function needsOfWrites(written: Iterable<WrittenKey>): Map<string, Needs> {
  const needs = new Map<string, Needs>();
  for (const { namespace, collection, committed } of written) {
    const need = needs.get(namespace) ?? { keyPolicies: [], required: new Map([[PUBLIC, false]]) };
    needs.set(namespace, need);
    const policy = committed.find(({ name }) => name === VALIDATION_PARAMETER);
    if (policy === undefined) need.required.set(collection ?? PUBLIC, true);
    else need.keyPolicies.push(readable(policy.value));
  }
  return needs;
}

/** Chaincode may have stored any bytes as a key's policy; Fabric endorses no write of such a key. */
function readable(policy: Uint8Array): Uint8Array {
  try {
    decode(common.SignaturePolicyEnvelope, policy);
    return policy;
  } catch (cause) {
    throw new Error('error unmarshalling SignaturePolicyEnvelope: proto: cannot parse invalid wire-format data', { cause });
  }
}

/** Key policies of collections go to the public call too. */
function callsOf(name: string, { keyPolicies, required }: Needs, privateReads: ReadonlySet<string>): ChaincodeCall[] {
  const plain = { name, collections: [], noPrivateReads: false, keyPolicies: [], disregardNamespacePolicy: false };
  return [...required].flatMap(([collection, needed]): ChaincodeCall[] => {
    if (collection !== PUBLIC) return [{ ...plain, collections: [collection], noPrivateReads: !privateReads.has(collection) }];
    if (keyPolicies.length > 0) return [{ ...plain, keyPolicies, disregardNamespacePolicy: !needed }];
    return needed ? [plain] : [];
  });
}
