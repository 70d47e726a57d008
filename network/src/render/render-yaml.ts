import { stringify } from 'yaml';

const HEAD = '# Rendered from the topology of the network: change the topology, not this file.\n';

/** A YAML document for Fabric's nodes. The same part twice is written twice, so that each node's file can be read from top to bottom. */
export function renderYaml(document: object): string {
  return HEAD + stringify(document, { aliasDuplicateObjects: false, lineWidth: 0, compat: 'yaml-1.1' });
}
