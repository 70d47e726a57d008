import { peer } from '@hyperledger/fabric-protos';
import type { Topology } from '../../topology';
import { formatApplicationPolicy, newPolicyReference } from './application-policy';
import { describeCollections, newCollectionPackage } from './collections';

/** What members agree on about a chaincode, without its place in the order of definitions. */
export interface DefinitionTerms {
  readonly version: string;
  readonly policy: peer.ApplicationPolicy;
  readonly collections: peer.CollectionConfigPackage;
  readonly initRequired: boolean;
  readonly endorsementPlugin: string;
  readonly validationPlugin: string;
}

/** One field that is not as wanted, in words: `collections.letters.blockToLive`, `100` wanted, `0` found. */
export interface FieldDifference {
  readonly field: string;
  readonly wanted: string;
  readonly found: string;
}

/** Fabric's own plugins, under which it writes a definition that names none (core/chaincode/lifecycle/lifecycle.go). */
const PLUGINS = { endorsementPlugin: 'escc', validationPlugin: 'vscc' } as const;

/** What a topology wants of its chaincode. */
export function newDefinitionTerms({ chaincode }: Pick<Topology, 'chaincode'>, version: string): DefinitionTerms {
  return {
    version,
    policy: newPolicyReference(chaincode.policyReference),
    collections: newCollectionPackage(chaincode.collections),
    initRequired: false,
    ...PLUGINS,
  };
}

/**
 * The fields in which a definition is not as wanted; none: members who agree on one agree on the other. A collection that only one of them has
 * is named in `collections` and not described field by field.
 */
export function compareTerms(wanted: DefinitionTerms, found: DefinitionTerms): FieldDifference[] {
  const have = describeTerms(found);
  return Object.entries(describeTerms(wanted)).flatMap(([field, words]) => {
    const other = have[field];
    return other === undefined || other === words ? [] : [{ field, wanted: words, found: other }];
  });
}

/** Every field in words that tell any two values apart. */
export function describeTerms(terms: DefinitionTerms): Record<string, string> {
  return {
    version: terms.version,
    policy: formatApplicationPolicy(terms.policy),
    ...describeCollections(terms.collections),
    initRequired: String(terms.initRequired),
    endorsementPlugin: terms.endorsementPlugin,
    validationPlugin: terms.validationPlugin,
  };
}
