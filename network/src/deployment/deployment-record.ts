import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFile } from '../files';
import type { FirstTransactionFacts } from '../ledger';
import type { Topology } from '../topology';

/** What was brought onto the ledger by earlier starts; it only saves work, the ledger itself knows best. */
export interface DeploymentRecord {
  readonly packageId: string;
  readonly sequence: number;
  readonly first: readonly FirstTransactionFacts[];
}

const fileOf = (topology: Topology): string => join(topology.paths.run, 'deployment.json');

export function readDeploymentRecord(topology: Topology): DeploymentRecord | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(topology), 'utf8')) as DeploymentRecord;
  } catch {
    return undefined;
  }
}

export function writeDeploymentRecord(topology: Topology, record: DeploymentRecord): void {
  writePrivateFile(fileOf(topology), `${JSON.stringify(record, undefined, 2)}\n`);
}
