import type { Collection, Topology } from '../topology';

/** The collections of the chaincode, as the file that Fabric's peer command takes; undefined: it has none. */
export function renderCollections({ chaincode }: Topology): string | undefined {
  if (chaincode.collections.length === 0) return undefined;
  return `${JSON.stringify(chaincode.collections.map(newCollection), undefined, 2)}\n`;
}

function newCollection({ mspIds, policyReference, ...collection }: Collection): object {
  return {
    ...collection,
    policy: `OR(${mspIds.map((mspId) => `'${mspId}.member'`).join(', ')})`,
    ...(policyReference === undefined ? {} : { endorsementPolicy: { channelConfigPolicy: policyReference } }),
  };
}
