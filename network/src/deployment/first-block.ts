import { LEDGER_ENGINES, type FabricSurroundings, type FirstBlock, type LedgerEngine } from '../ledger';
import type { Platform } from '../process';
import type { Topology } from '../topology';

/** Where a channel's first block can be made or judged. */
export interface FirstBlockDesk {
  readonly platform: Platform;
  readonly fabric: FabricSurroundings;
  readonly tell: (text: string) => void;
}

/** The channel's first block, made now unless it is there. @throws FabricError, BinariesError */
export async function beginChannel(topology: Topology, desk: FirstBlockDesk): Promise<FirstBlock> {
  return (await openEngine(topology, desk)).beginChannel();
}

/** Takes the first block that another member made; see LedgerEngine. @throws FabricError, ChannelError, BinariesError */
export async function acceptChannel(
  topology: Topology,
  desk: FirstBlockDesk,
  { block, digest }: { readonly block: Uint8Array; readonly digest?: string | undefined },
): Promise<FirstBlock> {
  return (await openEngine(topology, desk)).acceptChannel(block, digest);
}

async function openEngine(topology: Topology, { platform, fabric, tell }: FirstBlockDesk): Promise<LedgerEngine> {
  const ask = (): Promise<never> => Promise.reject(new Error('Nothing runs that could be asked'));
  const { signal } = new AbortController();
  const engine = LEDGER_ENGINES[topology.ledger]({ topology, platform, fabric, testSwitches: false, ask, tell, signal });
  await engine.provide();
  return engine;
}
