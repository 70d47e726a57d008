import type { Finding, Judgement } from '../finding';

/** A disk, or a part of one, that holds something of the network. */
export interface DiskFacts {
  /** A folder on it. */
  readonly folder: string;
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Files that can still be made; undefined where the file system does not count them. */
  readonly freeFiles: number | undefined;
  readonly isWritable: boolean;
}

/** Below `least` nothing starts; below `comfortable` somebody should act. */
export interface DiskLimits {
  readonly leastBytes: number;
  readonly comfortableBytes: number;
}

const FEW_FILES = 10_000;
const GIGABYTE = 1e9;
const REMEDY =
  'Free some space on it (old `logs`, snapshots, backups), enlarge it, or move the run folder to another disk while the network is down and name it with `--run-folder`. A chain only grows.';

/** Whether every disk that the network writes to has room. */
export function judgeDisks(disks: readonly DiskFacts[], limits: DiskLimits): Judgement {
  const least = disks.length === 0 ? undefined : Math.min(...disks.map(({ freeBytes }) => freeBytes));
  return {
    summary: least === undefined ? '' : `${formatBytes(least)} free`,
    findings: disks.flatMap((each) => judgeDisk(each, limits)),
    unseen: [],
  };
}

function judgeDisk(
  { folder, freeBytes, totalBytes, freeFiles, isWritable }: DiskFacts,
  { leastBytes, comfortableBytes }: DiskLimits,
): Finding[] {
  const member = undefined;
  if (!isWritable) {
    const remedy = 'See `dmesg` and `mount`: a disk with errors is mounted read-only. Nodes on it must be restored on another disk.';
    return [{ severity: 'error', member, problem: `${folder} cannot be written.`, remedy }];
  }
  if (freeFiles !== undefined && freeFiles < FEW_FILES) {
    const problem = `The file system of ${folder} has room for ${String(freeFiles)} more files only.`;
    return [{ severity: 'error', member, problem, remedy: REMEDY }];
  }
  if (freeBytes >= comfortableBytes) return [];
  const [free, all] = [formatBytes(freeBytes), formatBytes(totalBytes)];
  const isFull = freeBytes < leastBytes;
  const wanted = isFull ? `; below ${formatBytes(leastBytes)} nodes stop and nothing starts` : '';
  return [
    {
      severity: isFull ? 'error' : 'warning',
      member,
      problem: `The disk of ${folder} has ${free} of ${all} left${wanted}.`,
      remedy: REMEDY,
    },
  ];
}

function formatBytes(bytes: number): string {
  return bytes < GIGABYTE ? `${String(Math.floor(bytes / 1e6))} MB` : `${(bytes / GIGABYTE).toFixed(1)} GB`;
}
