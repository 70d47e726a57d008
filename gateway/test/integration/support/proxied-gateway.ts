import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tokenKeyPath } from '../../../src/organisation/organisation-keys';
import type { CommandedNetwork } from './commanded-network';
import { FrontProxy } from './front-proxy';
import { OwnGateway } from './own-gateway';
import { PeerProxy } from './peer-proxy';
import { topologyOf } from './prove-chains';

/** A gateway of the test's own in place of the network's, between two proxies: one to its clients, one to its peer. */
export class ProxiedGateway {
  private constructor(
    readonly gateway: OwnGateway,
    readonly front: FrontProxy,
    readonly peer: PeerProxy,
    /** Its data folder. */
    readonly data: string,
    readonly letNetworksGoOn: () => void,
  ) {}

  static async open(network: CommandedNetwork, mspId: string): Promise<ProxiedGateway> {
    const organisation = topologyOf(network).organisations.find((one) => one.mspId === mspId);
    if (organisation === undefined) throw new Error(`there is no organisation ${mspId}`);
    const { connection } = network.gateway(mspId);
    // The gateway that the network started must not work beside it.
    const name = `gateway-${organisation.name}`;
    network.signal(name, 'SIGSTOP');
    const peer = await PeerProxy.open(organisation);
    const [own, ...others] = connection.peers;
    const data = join(network.folder, `proxied-${organisation.name}`);
    mkdirSync(data);
    const file = `${data}.json`;
    writeFileSync(file, JSON.stringify({ ...connection, peers: [{ ...own, endpoint: peer.endpoint }, ...others] }));
    // It starts a hundred times: Node keeps what it compiled.
    const env = { MEDACCORD_CONNECTION: file, MEDACCORD_DATA: data, NODE_COMPILE_CACHE: join(network.temporary, 'compiled') };
    const gateway = new OwnGateway(mspId, dirname(tokenKeyPath(connection.data)), env);
    const front = await FrontProxy.open(gateway);
    await gateway.start();
    return new ProxiedGateway(gateway, front, peer, data, () => network.signal(name, 'SIGCONT'));
  }

  async close(): Promise<void> {
    this.front.close();
    await this.gateway.end('SIGKILL');
    this.peer.close();
    this.letNetworksGoOn();
  }
}
