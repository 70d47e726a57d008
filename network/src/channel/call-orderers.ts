import type { Organisation } from '../topology';
import { newAdminSigner } from './admin-signer';
import { readChannelConfiguration } from './channel-configuration';
import { describeQuorum, listConsenters } from './consenters';
import { askHeight, listOrdererEndpoints } from './orderer-client';

/** What an orderer of a channel said. */
export interface OrdererAnswer {
  readonly mspId: string;
  /** `host:port` */
  readonly address: string;
  /** How many blocks it has, or why it does not say. */
  readonly height: number | string;
}

export interface OrdererRoll {
  readonly orderers: readonly OrdererAnswer[];
  /** How many must answer for blocks to be made. */
  readonly needed: number;
}

/** What gRPC says around the reason of a connection that failed. */
const AROUND_REASON = /^.*Last error: (?:Error: )?|\. Resolution note: .*$/g;

/** Asks every orderer that a configuration block names, as an organisation's admin. @throws ChannelError CHANNEL_CONFIGURATION_UNSOUND */
export async function callOrderers(organisation: Organisation, configBlock: Uint8Array): Promise<OrdererRoll> {
  const { channel, root } = readChannelConfiguration(configBlock);
  const signer = newAdminSigner(organisation);
  const orderers = listOrdererEndpoints(root).map(async (endpoint): Promise<OrdererAnswer> => {
    const { mspId, address } = endpoint;
    const height = await askHeight(endpoint, channel, signer);
    return { mspId, address, height: typeof height === 'number' ? height : height.replace(AROUND_REASON, '') };
  });
  return { orderers: await Promise.all(orderers), needed: describeQuorum(listConsenters(root).length).needed };
}
