import { blockQuorum } from '@medaccord/devnet/configuration';
import { readLeader, type OrdererAdmin } from '../../lifecycle';
import type { Topology } from '../../topology';
import { readChannelFacts } from './channel-facts';
import { until } from './until';

const WITHIN_MS = 90_000;

interface Orderers {
  /** Without the channel: new ones, or ones that lost their disk. */
  readonly absent: readonly OrdererAdmin[];
  readonly present: readonly OrdererAdmin[];
  /** The block with the channel's newest configuration. */
  readonly newest: Uint8Array;
}

/**
 * Has orderers join a channel that others have. One without its chain may have had one, and has forgotten what it voted for: whatever was decided
 * with its votes must be with all others before it votes again.
 * It must not lead either: the others may hold what it proposed last half-way, and it would propose something else in its place. So they get the
 * time that they give a silent leader, and choose another.
 * @throws FabricError FABRIC_CHANNEL_NOT_READY
 */
export async function readmitOrderers(
  topology: Topology,
  { absent, present, newest }: Orderers,
  join: () => Promise<unknown>,
): Promise<void> {
  const { voters } = readChannelFacts(newest);
  await untilOfOneHeight(topology, present);
  // Too few choose nobody, and order nothing without the absent ones.
  const canOrder = present.length >= blockQuorum(voters.size);
  if (canOrder) await untilLedByOneOf(topology, present, voters);
  await join();
  if (canOrder) await untilOfOneHeight(topology, [...present, ...absent]);
}

async function untilOfOneHeight({ channel }: Topology, orderers: readonly OrdererAdmin[]): Promise<void> {
  await until('all orderers that have the channel have the same blocks', WITHIN_MS, async () => {
    const states = await Promise.all(orderers.map((orderer) => orderer.readChannel(channel)));
    return new Set(states.map((state) => (state?.status === 'active' ? state.height : undefined))).size === 1;
  });
}

async function untilLedByOneOf(topology: Topology, orderers: readonly OrdererAdmin[], voters: ReadonlyMap<number, string>): Promise<void> {
  const mspIds = orderers.map(({ mspId }) => mspId);
  const organisations = topology.organisations.filter(({ mspId }) => mspIds.includes(mspId));
  await until('the orderers that have the channel are led by one of them', WITHIN_MS, async () => {
    const leaders = await Promise.all(organisations.map((organisation) => readLeader(topology, organisation)));
    return leaders.every((leader) => mspIds.includes(voters.get(leader ?? 0) ?? ''));
  });
}
