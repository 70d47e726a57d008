import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { DevnetError, type Devnet } from '@medaccord/devnet';
import { writePrivateFile } from '../files';
import type { Topology } from '../topology';
import { readDevnetChaincode, readDevnetOrganisation, readDevnetService } from './devnet-consortium';
import type { ChaincodeRelease, Deployment } from './ledger-engine';

/** What was deployed last; the ledger has the definition, but not which release the organisations' processes run. */
interface DeployedRelease {
  readonly release: ChaincodeRelease;
  readonly policy: string;
  /** Absent where an earlier version wrote the note. */
  readonly collections?: Topology['chaincode']['collections'];
  readonly sequence: number;
}

const FILE = 'deployed.json';

/** Brings releases of the chaincode onto a devnet, one sequence after the other, and back into its mind after a restart. */
export class DevnetDeployments {
  #topology: Topology;
  readonly #devnet: Devnet;
  readonly #file: string;

  constructor(topology: Topology, devnet: Devnet) {
    this.#topology = topology;
    this.#devnet = devnet;
    this.#file = join(topology.paths.ledger, FILE);
  }

  /**
   * Makes members of the organisations that the new topology has in addition. Repeating it completes an interrupted one.
   * @throws DevnetError
   */
  async admit(topology: Topology): Promise<void> {
    const { name } = topology.chaincode;
    const members = new Set(this.#topology.organisations.map(({ mspId }) => mspId));
    for (const organisation of topology.organisations.filter(({ mspId }) => !members.has(mspId)))
      await this.#devnet.joinOrganisation(readDevnetOrganisation(organisation), { [name]: readDevnetService(organisation) });
    this.#topology = topology;
  }

  /** After a restart: tells the devnet where the processes of the release are. */
  async resume(): Promise<void> {
    const last = this.#readLast();
    if (last !== undefined) await this.#deploy(last.release, last.sequence);
  }

  /** The same release again changes nothing; another one, or another policy, becomes the next sequence. Resolves when every process has registered. */
  async deploy(release: ChaincodeRelease): Promise<Deployment> {
    const last = this.#readLast();
    const { policyReference: policy, collections } = this.#topology.chaincode;
    const isSame =
      last?.release.packageId === release.packageId && last.policy === policy && isDeepStrictEqual(last.collections ?? [], collections);
    const deployment = await this.#deploy(release, isSame ? last.sequence : (last?.sequence ?? 0) + 1);
    if (!isSame)
      writePrivateFile(
        this.#file,
        JSON.stringify({ release, policy, collections, sequence: deployment.sequence } satisfies DeployedRelease),
      );
    const { organisations, chaincode } = this.#topology;
    await Promise.all(organisations.map(({ mspId }) => this.#devnet.chaincodeReady(mspId, chaincode.name)));
    return deployment;
  }

  async #deploy(release: ChaincodeRelease, sequence: number): Promise<Deployment> {
    try {
      const { transactions } = await this.#devnet.deployChaincode(readDevnetChaincode(this.#topology, release, sequence));
      return { sequence, transactions };
    } catch (error) {
      const next = sequenceWanted(error);
      if (next === undefined || next === sequence) throw error;
      // Our note of the last deployment was lost; the ledger knows its sequence.
      return this.#deploy(release, next);
    }
  }

  #readLast(): DeployedRelease | undefined {
    try {
      return JSON.parse(readFileSync(this.#file, 'utf8')) as DeployedRelease;
    } catch {
      return undefined;
    }
  }
}

function sequenceWanted(error: unknown): number | undefined {
  if (!(error instanceof DevnetError) || error.code !== 'DEVNET_LIFECYCLE_REFUSED') return undefined;
  return typeof error.details['sequence'] === 'number' ? error.details['sequence'] : undefined;
}
