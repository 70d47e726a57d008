import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFile } from '../files';
import type { Topology } from '../topology';

const fileOf = ({ paths }: Topology): string => join(paths.run, 'joining.json');

/** Lays down, for the running network of the same run folder, what it is to become. */
export function writeJoining(next: Topology): void {
  writePrivateFile(fileOf(next), `${JSON.stringify(next, undefined, 2)}\n`);
}

/** What was laid down last. */
export function readJoining(running: Topology): Topology {
  return JSON.parse(readFileSync(fileOf(running), 'utf8')) as Topology;
}
