import type { Organisation, Topology } from '../topology';
import type { BlockSource, SourcedBlock } from './block-source';
import { DeliverClient } from './deliver-client';

/** Which node of an organisation hands out the blocks. */
export type DeliverNode = 'peer' | 'orderer';

/** The blocks of a running node, asked for as the organisation's administrator. */
export function openDeliverSource(topology: Topology, organisation: Organisation, node: DeliverNode = 'peer'): BlockSource {
  const client = new DeliverClient(topology, organisation, node);
  const delivery = `${node}-blocks` as const;
  return {
    name: client.name,
    async *blocks(from): AsyncIterable<SourcedBlock> {
      let number = from;
      for await (const bytes of client.deliver(delivery, from, 'newest')) yield { number: number++, bytes };
    },
    async block(number) {
      for await (const bytes of client.deliver(delivery, number, number)) return bytes;
      return undefined;
    },
    close: () => {
      client.close();
    },
  };
}
