import { common, msp, orderer, peer } from '@hyperledger/fabric-protos';
import { MalformedMessage, decode } from '@medaccord/devnet/blocks';
import { formatAddress, readAnchorPeers, readEndpoints } from '../configuration-values';
import { describeBytes } from './describe-certificate';
import { describeMsp, describeMspChange } from './describe-msp';
import { describeBatch, describeConsensus, describeConsenters } from './describe-ordering';
import { describeChange, formatList, newStatement, type Statement } from './statement';

/** Content of a value before and after; undefined: it is not there. */
interface Change {
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array | undefined;
}

type Describe = (change: Change, owner: string) => readonly Statement[];

const BY_NAME: Readonly<Record<string, Describe>> = {
  ACLs: lines(readAcls, (owner) => `Who may do what, of ${owner}`),
  AnchorPeers: lines(
    (value) => formatList(readAnchorPeers(value).map(formatAddress)),
    (owner) => `Where others find the peers of ${owner}`,
  ),
  BatchSize: ({ before, after }) => each(describeBatch(before, after)),
  BatchTimeout: lines(
    (value) => decode(orderer.BatchTimeout, value).getTimeout(),
    () => 'Longest wait of a block, as Raft has it (BFT does not look at it)',
  ),
  Capabilities: lines(readCapabilities, (owner) => `Capabilities that every node needs, of ${owner}`),
  ConsensusType: ({ before, after }) => each(describeConsensus(before, after)),
  Endpoints: lines(
    (value) => formatList(readEndpoints(value)),
    (owner) => `Where others reach the orderers of ${owner}`,
  ),
  MSP: describeMspValue,
  Orderers: ({ before, after }) => describeConsenters(before, after),
};

interface Message {
  serializeBinary(): Uint8Array;
}

/** Reads a value and writes it again. */
const REWRITE: Readonly<Record<string, (value: Uint8Array) => Message>> = {
  ACLs: (value) => decode(peer.ACLs, value),
  AnchorPeers: (value) => decode(peer.AnchorPeers, value),
  BatchSize: (value) => decode(orderer.BatchSize, value),
  BatchTimeout: (value) => decode(orderer.BatchTimeout, value),
  Capabilities: (value) => decode(common.Capabilities, value),
  ConsensusType: (value) => {
    const type = decode(orderer.ConsensusType, value);
    if (type.getType() === 'BFT') type.setMetadata(decode(orderer.smartbft.Options, type.getMetadata_asU8()).serializeBinary());
    return type;
  },
  Endpoints: (value) => decode(common.OrdererAddresses, value),
  MSP: (value) => {
    const wrapped = decode(msp.MSPConfig, value);
    wrapped.setConfig(decode(msp.FabricMSPConfig, wrapped.getConfig_asU8()).serializeBinary());
    return wrapped;
  },
  Orderers: (value) => decode(common.Orderers, value),
};

/** What a value of the configuration becomes; owner: the group it stands in, as `the members` or `AMSP`. Never nothing where bytes differ. */
export function describeValue(name: string, change: Change, owner: string): readonly Statement[] {
  const told = attempt(() => [...(BY_NAME[name]?.(change, owner) ?? []), ...describeRest(name, change, owner)]);
  if (told.length > 0) return told;
  const [old, now] = [change.before, change.after].map((value) => value && describeBytes(value));
  return each(describeChange(`Value ${name} of ${owner}`, old, now));
}

/** Fields that a later Fabric may have added: the words above know nothing of them. */
function describeRest(name: string, { after }: Change, owner: string): readonly Statement[] {
  const rewrite = REWRITE[name];
  if (after === undefined || rewrite === undefined || Buffer.compare(rewrite(after).serializeBinary(), after) === 0) return [];
  return [newStatement(`Value ${name} of ${owner} says more than these words: ${describeBytes(after)}.`)];
}

function describeMspValue({ before, after }: Change, owner: string): readonly Statement[] {
  if (after === undefined) return [newStatement(`${owner} has no MSP any more: nobody is recognised by it.`)];
  if (before === undefined) return each(describeMsp(after));
  return [newStatement(`What ${owner} is recognised by changes.`, describeMspChange(before, after))];
}

function lines(read: (value: Uint8Array) => string, label: (owner: string) => string): Describe {
  return ({ before, after }, owner) => each(describeChange(label(owner), before && read(before), after && read(after)));
}

function each(texts: readonly string[]): readonly Statement[] {
  return texts.map((text) => newStatement(text));
}

function readAcls(value: Uint8Array): string {
  const entries = [...(decode(peer.ACLs, value).getAclsMap().entries() as Iterable<[string, peer.APIResource]>)];
  return formatList(entries.map(([resource, policy]) => `${resource} by ${policy.getPolicyRef()}`).sort());
}

function readCapabilities(value: Uint8Array): string {
  return formatList([...(decode(common.Capabilities, value).getCapabilitiesMap().keys() as Iterable<string>)].sort());
}

/** Words need content that can be read; what cannot is told by fingerprints. */
function attempt(describe: () => readonly Statement[]): readonly Statement[] {
  try {
    return describe();
  } catch (error) {
    if (error instanceof MalformedMessage) return [];
    throw error;
  }
}
