import { DevnetError } from '../devnet-error';
import type { StoredMember } from '../genesis/material-store';
import { newSigner } from '../genesis/signer';
import { openEndpoint, type Endpoint } from '../services/endpoint';
import type { GatewayPeer } from '../services/gateway-context';
import type { ServiceContext } from '../services/service-context';

interface PeerEndpoint {
  readonly member: StoredMember;
  readonly context: ServiceContext;
  readonly identity: Uint8Array;
  /** Stays the same when a peer comes up again. */
  port: number;
  open: Endpoint | undefined;
}

/** The endpoints of all organisations that this process plays. */
export class PeerEndpoints {
  readonly #endpoints = new Map<string, PeerEndpoint>();

  constructor(readonly host: string) {}

  /** @throws DevnetError DEVNET_PORT_BUSY */
  async open(member: StoredMember, context: ServiceContext): Promise<void> {
    const { mspId, port } = member.organisation;
    const { identity } = newSigner(mspId, member.material.peer);
    const endpoint: PeerEndpoint = { member, context, identity, port, open: undefined };
    await this.#listen(endpoint);
    this.#endpoints.set(mspId, endpoint);
  }

  /** host:port as clients dial it. */
  address(mspId: string): string {
    return `localhost:${this.#find(mspId).port}`;
  }

  has(mspId: string): boolean {
    return this.#endpoints.has(mspId);
  }

  /** The address, or a nominal one for an organisation without an endpoint. */
  addressOf(mspId: string): string {
    return this.has(mspId) ? this.address(mspId) : `${mspId}:0`;
  }

  isUp(mspId: string): boolean {
    return this.#endpoints.get(mspId)?.open !== undefined;
  }

  peers(): readonly GatewayPeer[] {
    return [...this.#endpoints].flatMap(([mspId, { identity, open }]) =>
      open === undefined ? [] : [{ mspId, identity, address: this.address(mspId) }],
    );
  }

  takeDown(mspId: string): void {
    const endpoint = this.#find(mspId);
    endpoint.open?.close();
    endpoint.open = undefined;
  }

  async bringUp(mspId: string): Promise<void> {
    const endpoint = this.#find(mspId);
    if (endpoint.open === undefined) await this.#listen(endpoint);
  }

  close(): void {
    for (const endpoint of this.#endpoints.values()) endpoint.open?.close();
    this.#endpoints.clear();
  }

  async #listen(endpoint: PeerEndpoint): Promise<void> {
    const { context, member, port } = endpoint;
    endpoint.open = await openEndpoint({ context, tls: member.material.tls, host: this.host, port });
    endpoint.port = endpoint.open.port;
  }

  #find(mspId: string): PeerEndpoint {
    const endpoint = this.#endpoints.get(mspId);
    if (endpoint === undefined)
      throw new DevnetError(
        'DEVNET_UNKNOWN_ORGANISATION',
        `${mspId} is no organisation of this devnet; they are ${[...this.#endpoints.keys()].join(', ')}`,
        { mspId },
      );
    return endpoint;
  }
}
