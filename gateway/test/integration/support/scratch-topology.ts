import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const ROOT = join(__dirname, '../../../..');
const TOPOLOGIES = join(ROOT, 'network/topologies');
const FIXTURES = join(__dirname, '../../fixtures');

interface TopologyFile extends Readonly<Record<string, unknown>> {
  readonly chaincode: object;
  readonly organisations: readonly object[];
}

/** A topology of the project, altered, in a folder of its own. */
export class ScratchTopology {
  readonly folder = mkdtempSync(join(tmpdir(), 'medaccord-topology-'));

  /** @param alter is told the folder, too */
  constructor(base: string, alter: (topology: TopologyFile, folder: string) => object) {
    const topology = JSON.parse(readFileSync(join(TOPOLOGIES, base), 'utf8')) as TopologyFile;
    // What members run from here finds its packages.
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'));
    writeFileSync(join(this.folder, 'topology.json'), JSON.stringify(alter(topology, this.folder)));
  }

  /** As `CommandedNetwork` takes it. */
  get name(): string {
    return relative(TOPOLOGIES, join(this.folder, 'topology.json'));
  }

  /** Puts a fixture where a member runs it from. */
  copy(fixture: string, folder: string): void {
    cpSync(join(FIXTURES, fixture), join(this.folder, folder), { recursive: true });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The consortium whose members all run a fixture for their chaincode: which of them lies, it says itself. */
export function newAlteredChaincode(fixture: string): ScratchTopology {
  const scratch = new ScratchTopology('default.json', ({ chaincode, ...rest }, folder) => ({
    ...rest,
    chaincode: { ...chaincode, folder: join(folder, 'chaincode') },
  }));
  scratch.copy(fixture, 'chaincode');
  return scratch;
}

/** Five members, the fifth another insurer. */
export function newTwoInsurers(): ScratchTopology {
  return new ScratchTopology('five-members.json', ({ organisations, ...rest }) => ({
    ...rest,
    organisations: organisations.map((one, at) => (at === 4 ? { ...one, role: 'insurer' } : one)),
  }));
}
