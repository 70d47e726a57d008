import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLiveNetwork, type NetworkState } from '../../src/deployment';
import type { Topology } from '../../src/topology';
import { Leash } from './leash';
import { openNotesClient, type NotesClient } from './notes-client';
import { CLI, type RunningCommand, type ScratchNetwork } from './scratch-network';

/** One member of a test's network on a machine of its own: a run folder and a supervisor that nobody shares. */
export class ScratchMember {
  readonly runFolder: string;
  readonly #network: ScratchNetwork;
  readonly #leash: Leash;

  constructor(
    network: ScratchNetwork,
    readonly name: string,
  ) {
    this.#network = network;
    this.runFolder = join(network.folder, 'machines', name);
    const place = ['--topology', network.topologyFile, '--run-folder', this.runFolder, '--ledger', 'fabric'];
    this.#leash = new Leash(this.runFolder, [process.execPath, CLI, 'down', ...place]);
  }

  get topology(): Topology {
    return this.#network.topologyIn(this.runFolder);
  }

  /** What its supervisor says of itself, while it lives. */
  get state(): NetworkState | undefined {
    return readLiveNetwork(this.topology);
  }

  start(verb: string, ...options: readonly string[]): RunningCommand {
    return this.#network.start(verb, '--run-folder', this.runFolder, ...options);
  }

  ask(verb: string, ...options: readonly string[]): ReturnType<ScratchNetwork['ask']> {
    return this.#network.ask(verb, '--run-folder', this.runFolder, ...options);
  }

  /** Its own client at its own peer. */
  openClient(): NotesClient {
    return openNotesClient(this.topology, this.name);
  }

  /** Files with private keys, relative to its run folder. */
  listKeys(): string[] {
    return readdirSync(this.runFolder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => readFileSync(file, 'latin1').includes('PRIVATE KEY-----'))
      .map((file) => file.slice(this.runFolder.length + 1));
  }

  async remove(): Promise<void> {
    await this.ask('down');
    this.#leash.release();
  }
}
