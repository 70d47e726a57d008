import { readFileSync } from 'node:fs';
import { parseTopologySpec } from './parse-topology-spec';
import { resolveTopology, type ResolveOptions } from './resolve-topology';
import type { Topology } from './topology';
import { TopologyUnreadable } from './topology-errors';

/**
 * Reads and resolves a topology file.
 *
 * @throws {@link TopologyUnreadable} when there is no such file; {@link TopologyInvalid} with every problem of its content.
 */
export function loadTopology(file: string, options: ResolveOptions): Topology {
  return resolveTopology(parseTopologySpec(readText(file), file), options);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new TopologyUnreadable(file, error);
  }
}
