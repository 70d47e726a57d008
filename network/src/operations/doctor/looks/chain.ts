import { common, msp } from '@hyperledger/fabric-protos';
import { type PeerConnection, withPeer } from '../../../lifecycle';
import type { Organisation, Topology } from '../../../topology';
import type { ClockFacts } from '../checks/clock';
import type { Tip } from '../checks/heights';
import { listAnswering, type Scene } from '../scene';

const WITHIN_MS = 5000;

/** The newest block of every peer that says it (qscc, GetChainInfo). */
export async function lookAtTips(scene: Scene): Promise<Tip[]> {
  const { channel } = scene.topology;
  const tips = await Promise.all(
    listAnswering(scene).map((organisation) =>
      withPeer(organisation, async (connection): Promise<Tip> => {
        const info = await readChainInfo(connection, channel);
        return { member: organisation.name, height: info.getHeight(), hash: Buffer.from(info.getCurrentblockhash_asU8()).toString('hex') };
      }).catch(() => undefined),
    ),
  );
  return tips.filter((tip) => tip !== undefined);
}

/** When the newest transaction of the chain was made, by its own word; undefined when no peer hands out the block. */
export async function lookAtNewestTime(scene: Scene): Promise<ClockFacts['newest']> {
  const [organisation] = listAnswering(scene);
  return organisation && withPeer(organisation, (connection) => readNewestTime(connection, scene.topology)).catch(() => undefined);
}

async function readNewestTime(connection: PeerConnection, { channel, organisations }: Topology): Promise<ClockFacts['newest']> {
  const info = await readChainInfo(connection, channel);
  const block = common.Block.deserializeBinary(await ask(connection, channel, 'GetBlockByNumber', String(info.getHeight() - 1)));
  const times = (block.getData()?.getDataList_asU8() ?? []).map((envelope) => readTime(envelope, organisations));
  return times.toSorted((a, b) => b.time - a.time)[0];
}

function readTime(bytes: Uint8Array, organisations: readonly Organisation[]): NonNullable<ClockFacts['newest']> {
  const header = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(bytes).getPayload_asU8()).getHeader();
  const channelHeader = common.ChannelHeader.deserializeBinary(header?.getChannelHeader_asU8() ?? new Uint8Array());
  const signatureHeader = common.SignatureHeader.deserializeBinary(header?.getSignatureHeader_asU8() ?? new Uint8Array());
  const mspId = msp.SerializedIdentity.deserializeBinary(signatureHeader.getCreator_asU8()).getMspid();
  const time = channelHeader.getTimestamp()?.toDate().getTime() ?? 0;
  return { time, member: organisations.find((each) => each.mspId === mspId)?.name ?? mspId };
}

async function readChainInfo(connection: PeerConnection, channel: string): Promise<common.BlockchainInfo> {
  return common.BlockchainInfo.deserializeBinary(await ask(connection, channel, 'GetChainInfo'));
}

/** At the own peer: a gateway would as well ask another that has more blocks. */
function ask({ gateway, mspId }: PeerConnection, channel: string, question: string, ...more: string[]): Promise<Uint8Array> {
  const proposal = gateway
    .getNetwork(channel)
    .getContract('qscc')
    .newProposal(question, { arguments: [channel, ...more], endorsingOrganizations: [mspId] });
  return proposal.evaluate({ deadline: Date.now() + WITHIN_MS });
}
