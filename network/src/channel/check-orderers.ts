import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Signer } from '@medaccord/devnet/configuration';
import { LifecycleError, newOrdererAdmin } from '../lifecycle';
import type { Organisation } from '../topology';
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

/** Who asks: as whom, and which organisations' orderers can be asked as their administrator where their keys are here. */
export interface OrdererQuestioner {
  readonly signer: Signer;
  readonly organisations: readonly Organisation[];
}

/**
 * Asks every orderer that has a vote now, or is to get one. One that follows without a vote hands out nothing (orderer/common/server/server.go,
 * GetChain), so that only its own administrator learns how far it is.
 */
export async function readOrdererStates(
  { base, after }: ChannelUpdate,
  { signer, organisations }: OrdererQuestioner,
): Promise<readonly OrdererState[]> {
  const voters = new Set(listConsenters(base.root).map(({ address }) => formatAddress(address)));
  const endpoints = new Map([...listOrdererEndpoints(base.root), ...listOrdererEndpoints(after)].map((each) => [each.address, each]));
  const consenters = new Map([...listConsenters(base.root), ...listConsenters(after)].map((each) => [formatAddress(each.address), each]));
  return Promise.all(
    [...consenters].map(async ([address, consenter]) => {
      if (!voters.has(address)) return { consenter, height: await askFollower(base.channel, consenter, organisations) };
      const endpoint = endpoints.get(address);
      const height =
        endpoint === undefined ? 'the channel does not say where it is reached' : await askHeight(endpoint, base.channel, signer);
      return { consenter, height };
    }),
  );
}

async function askFollower(
  channel: string,
  { mspId, address }: Consenter,
  organisations: readonly Organisation[],
): Promise<number | string> {
  const owner = organisations.find((each) => each.mspId === mspId && each.ports.orderer === address.port);
  if (owner === undefined || !existsSync(owner.tls.orderer.privateKey))
    return 'only its owner can tell how far it is: submit the change on its machine';
  try {
    const state = await newOrdererAdmin(owner).readChannel(channel);
    if (state === undefined) return 'it is not in the channel';
    return state.status === 'active' ? state.height : `it is ${state.status}`;
  } catch (error) {
    if (error instanceof LifecycleError) return error.message;
    throw error;
  }
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
