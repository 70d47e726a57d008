import { X509Certificate } from 'node:crypto';
import type { Signer } from '@medaccord/devnet/configuration';
import { ChannelError } from './channel-error';
import type { ChannelUpdate } from './channel-update';
import { formatAddress, type Consenter } from './configuration-values';
import { describeQuorum, listConsenters } from './consenters';
import { askHeight, listOrdererEndpoints } from './orderer-client';

/** Blocks that an orderer may be behind and still counts as being up with the others: more come while the question is asked. */
const NEAR = 10;

/** An orderer that has a vote, before or after the update, and what it says of itself. */
export interface OrdererState {
  readonly consenter: Consenter;
  /** Blocks that it has, or why nobody knows. */
  readonly height: number | string;
}

/** Asks every orderer that has a vote now, or is to get one. */
export async function readOrdererStates({ base, after }: ChannelUpdate, signer: Signer): Promise<readonly OrdererState[]> {
  const endpoints = new Map([...listOrdererEndpoints(base.root), ...listOrdererEndpoints(after)].map((each) => [each.address, each]));
  const consenters = new Map([...listConsenters(base.root), ...listConsenters(after)].map((each) => [formatAddress(each.address), each]));
  return Promise.all(
    [...consenters].map(async ([address, consenter]) => {
      const endpoint = endpoints.get(address);
      const height =
        endpoint === undefined ? 'the channel does not say where it is reached' : await askHeight(endpoint, base.channel, signer);
      return { consenter, height };
    }),
  );
}

/** Whether the update changes who has a vote, or by which certificates. */
export function changesVotes({ base, after }: ChannelUpdate): boolean {
  return JSON.stringify(listConsenters(base.root)) !== JSON.stringify(listConsenters(after));
}

/**
 * Refuses to change who has a vote while the others could not carry it: an orderer that gets a vote must have joined and be up with the others,
 * and all of them must be well; one that loses its vote or changes its certificates must not be needed meanwhile.
 * @throws ChannelError CHANNEL_NODE_NOT_JOINED with each orderer that is in the way
 */
export function assertOrderersReady({ base, after }: ChannelUpdate, states: readonly OrdererState[]): void {
  const [before, now] = [listConsenters(base.root), listConsenters(after)];
  const unwell = findUnwell(states);
  const isWell = ({ id }: Consenter): boolean => !unwell.some(({ consenter }) => consenter.id === id);
  const steady = now.filter((each) => before.some((old) => old.id === each.id && hasSameKey(old, each)));
  const gains = now.some(({ id }) => before.every((old) => old.id !== id));
  const { needed } = describeQuorum(now.length);
  const isCarried = gains ? now.every(isWell) : steady.filter(isWell).length >= needed;
  if (isCarried) return;
  throw new ChannelError(
    'CHANNEL_NODE_NOT_JOINED',
    [
      gains
        ? 'An orderer gets a vote only when it has joined, and while all others are well:'
        : `The other orderers must carry the change, and ${String(needed)} of them are needed:`,
      ...unwell.map(({ consenter, problem }) => `  ${consenter.mspId} at ${formatAddress(consenter.address)}: ${problem}`),
    ].join('\n'),
    'Start it and let it join with the newest configuration block; wait until it has all blocks. Then try again.',
  );
}

/** An orderer whose key stays is recognised all the while (orderer/consensus/smartbft/consenter.go, detectSelfID). */
function hasSameKey(a: Consenter, b: Consenter): boolean {
  return a.identity === b.identity || new X509Certificate(a.identity).publicKey.equals(new X509Certificate(b.identity).publicKey);
}

function findUnwell(states: readonly OrdererState[]): readonly { readonly consenter: Consenter; readonly problem: string }[] {
  const highest = Math.max(0, ...states.map(({ height }) => (typeof height === 'number' ? height : 0)));
  return states.flatMap(({ consenter, height }) => {
    if (typeof height === 'string') return [{ consenter, problem: height }];
    if (height + NEAR >= highest) return [];
    return [{ consenter, problem: `it has ${String(height)} of ${String(highest)} blocks` }];
  });
}
