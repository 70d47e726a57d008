import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openControlDoor, type ControlDoor } from '../control/control-door';
import { newControlVerbs } from './control-verbs';
import { DevnetError } from '../devnet-error';
import { assertSameChannel, differs } from '../genesis/compare-consortium';
import type { Consortium } from '../genesis/consortium';
import type { ConsortiumSpec } from '../genesis/consortium-spec';
import { isCommitted } from '../genesis/deploy-chaincode';
import { committedDefinition } from '../genesis/committed-definition';
import { MaterialStore, writePrivately, type StoredMember } from '../genesis/material-store';
import { resolveConsortium } from '../genesis/resolve-consortium';
import { lockFolder } from '../store/folder-lock';
import { MEMORY, closeChannelParts, newChannelParts, type ChannelParts } from './channel-parts';
import type { Devnet, DevnetOptions } from './devnet';
import { Founding } from './founding';
import { RunningDevnet } from './running-devnet';

/**
 * Starts a Fabric-compatible network in this process: always a new instance, on a folder of its own. A folder that holds a chain is resumed,
 * one whose founding was interrupted is completed.
 * @throws DevnetError DEVNET_CONSORTIUM_INVALID, DEVNET_CONSORTIUM_DIFFERS, DEVNET_FOLDER_IN_USE, DEVNET_PORT_BUSY, DEVNET_IDENTITY_INVALID
 */
export async function startDevnet(spec: ConsortiumSpec, options: DevnetOptions): Promise<Devnet> {
  const consortium = resolveConsortium(spec);
  const unlock = options.folder === MEMORY ? () => undefined : lockFolder(options.folder);
  try {
    return await start(consortium, options, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

async function start(consortium: Consortium, options: DevnetOptions, unlock: () => void): Promise<Devnet> {
  const founding = new Founding(options.folder);
  if (!hasChain(options.folder)) founding.begin();
  const materials = new MaterialStore(options.folder === MEMORY ? undefined : options.folder);
  const members: StoredMember[] = [];
  for (const organisation of consortium.organisations) members.push(await materials.memberOf(organisation));
  const ending = new Ending();
  const parts = newChannelParts(consortium, members, options, (cause) => ending.fail(cause));
  try {
    assertSameChannel(consortium, members, parts.ledger, parts.orderer.configEnvelope());
    if (!founding.isOpen) assertDefined(consortium, parts);
    const devnet = new RunningDevnet({ consortium, parts, materials, options, closed: ending.closed, stop: () => ending.stop() });
    await Promise.race([open(devnet, consortium, members), ending.failure]);
    const door = await openDoor(devnet, options);
    ending.onStop(() => {
      door?.close();
      if (door !== undefined) rmSync(controlFile(options.folder), { force: true });
      closeChannelParts(parts);
      unlock();
    });
    founding.complete();
    return devnet;
  } catch (error) {
    closeChannelParts(parts);
    throw error;
  }
}

async function open(devnet: RunningDevnet, consortium: Consortium, members: readonly StoredMember[]): Promise<void> {
  for (const chaincode of consortium.chaincodes) await devnet.useChaincode(chaincode);
  for (const member of members) await devnet.openEndpoint(member);
}

function hasChain(folder: string): boolean {
  return folder !== MEMORY && existsSync(join(folder, 'chain.sqlite'));
}

/** @throws DevnetError DEVNET_CONSORTIUM_DIFFERS */
function assertDefined({ chaincodes }: Consortium, { administration }: ChannelParts): void {
  for (const chaincode of chaincodes) {
    if (isCommitted(administration, chaincode)) continue;
    const committed = committedDefinition(administration, chaincode.name);
    const wanted = `version ${chaincode.version} sequence ${chaincode.sequence}`;
    if (committed === undefined)
      throw differs(`chaincode ${chaincode.name} is not on the ledger`, 'start without it and call deployChaincode');
    throw differs(
      `chaincode ${chaincode.name} is on the ledger with version ${committed.version} sequence ${committed.sequence}, the consortium says ${wanted} (or another policy, or other collections)`,
      `write the ledger's definition, and call deployChaincode with sequence ${committed.sequence + 1} to change it`,
    );
  }
}

async function openDoor(devnet: RunningDevnet, { control, folder }: DevnetOptions): Promise<ControlDoor | undefined> {
  if (control !== true) return undefined;
  const door = await openControlDoor(newControlVerbs(() => devnet));
  devnet.control = door.address;
  if (folder !== MEMORY) writePrivately(controlFile(folder), `${JSON.stringify({ ...door.address, pid: process.pid })}\n`);
  return door;
}

/** Where a running devnet says how to control it. */
export function controlFile(folder: string): string {
  return join(folder, 'control.json');
}

/** The end of a devnet: on demand, or because its ledger could not be written. */
class Ending {
  readonly closed: Promise<void>;
  /** Rejects on failure, never resolves. */
  readonly failure: Promise<never>;
  #settle: { resolve: () => void; reject: (error: unknown) => void } = { resolve: () => undefined, reject: () => undefined };
  #fail: (error: unknown) => void = () => undefined;
  #onStop = (): void => undefined;

  constructor() {
    this.closed = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.failure = new Promise((_, fail) => {
      this.#fail = fail;
    });
    // Who does not look at them must not be ended by them.
    this.closed.catch(() => undefined);
    this.failure.catch(() => undefined);
  }

  onStop(stop: () => void): void {
    this.#onStop = stop;
  }

  stop(): void {
    this.#stopOnce();
    this.#settle.resolve();
  }

  fail(cause: unknown): void {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const error = new DevnetError(
      'DEVNET_LEDGER_STOPPED',
      `the ledger could not be written: ${reason}; what was accepted is kept, start again`,
    );
    this.#settle.reject(Object.assign(error, { cause }));
    this.#fail(error);
    this.#stopOnce();
  }

  #stopOnce(): void {
    const stop = this.#onStop;
    this.#onStop = () => undefined;
    stop();
  }
}
