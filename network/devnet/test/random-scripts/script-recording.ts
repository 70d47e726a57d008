import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { Run, Script } from './script';

/** A script with what a ledger made of it. */
export interface RecordedRun {
  readonly script: Script;
  readonly run: Run;
}

/** Compressed JSON lines, one of each run. */
export function writeRecording(runs: readonly RecordedRun[]): Uint8Array {
  const lines = runs.map((run) => `${JSON.stringify(run)}\n`).join('');
  return brotliCompressSync(lines, { params: { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: lines.length } });
}

export function readRecording(bytes: Uint8Array): readonly RecordedRun[] {
  const lines = brotliDecompressSync(bytes).toString().split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as RecordedRun);
}
