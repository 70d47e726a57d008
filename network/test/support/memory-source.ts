import type { BlockSource } from '../../src/verify';

/** Blocks by number, in memory. */
export function newMemorySource(blocks: ReadonlyMap<number, Uint8Array>, name = 'memory'): BlockSource {
  return {
    name,
    async *blocks(from) {
      for (const [number, bytes] of [...blocks].sort(([a], [b]) => a - b)) if (number >= from) yield { number, bytes };
    },
    block: (number) => Promise.resolve(blocks.get(number)),
    close: () => undefined,
  };
}
