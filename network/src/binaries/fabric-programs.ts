import { accessSync, constants, statSync } from 'node:fs';

/** Programs of Fabric that the network cannot do without: they say their own version. */
export const REQUIRED_PROGRAMS = ['peer', 'orderer', 'configtxgen'] as const;
/** Programs that a person may want beside them; used when they are there. */
export const OPTIONAL_PROGRAMS = ['configtxlator', 'osnadmin', 'ledgerutil'] as const;

export type RequiredProgram = (typeof REQUIRED_PROGRAMS)[number];
export type OptionalProgram = (typeof OPTIONAL_PROGRAMS)[number];

/** Where each program is, absolute. */
export type ProgramPaths = Readonly<Record<RequiredProgram, string>> & Readonly<Partial<Record<OptionalProgram, string>>>;

/** Ways to the binaries, in the order in which they are tried. */
export type FabricWay = 'environment' | 'path' | 'cache' | 'archive';

/** Binaries of one version that were seen to run on this machine. */
export interface FabricBinaries {
  readonly version: string;
  readonly way: FabricWay;
  /** The folder of `peer`, and of all others unless PATH has them apart. */
  readonly folder: string;
  readonly programs: ProgramPaths;
  /** SHA-256 (hex) of the archive that they were unpacked from now; undefined when nothing was unpacked. */
  readonly archiveDigest?: string;
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
