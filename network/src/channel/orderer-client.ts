import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { Client, credentials, type ClientDuplexStream } from '@grpc/grpc-js';
import { common, orderer } from '@hyperledger/fabric-protos';
import { HEADER_TYPE } from '@medaccord/devnet/blocks';
import { newConfigMessage, type ConfigGroupNode, type Signer } from '@medaccord/devnet/configuration';
import { pemsOf, readEndpoints, readMsp } from './configuration-values';
import { listMembers } from './members';

/** An orderer as the channel's configuration makes it known. */
export interface OrdererEndpoint {
  readonly mspId: string;
  /** `host:port` */
  readonly address: string;
  /** PEM of the authorities that certify its TLS key. */
  readonly tlsRoots: string;
}

/** What an orderer said of an envelope. */
export type BroadcastAnswer =
  | { readonly kind: 'accepted' }
  /** `status`: common.Status. */
  | { readonly kind: 'refused'; readonly status: string; readonly said: string }
  | { readonly kind: 'silent'; readonly said: string };

const ANSWERS_WITHIN_MS = 10_000;
const { Status } = common;
const STATUS_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(Status).map(([name, value]) => [value, name]));

/** All orderers that the configuration names. */
export function listOrdererEndpoints(root: ConfigGroupNode): readonly OrdererEndpoint[] {
  return listMembers(root, 'Orderer').flatMap(({ mspId, group }) => {
    const [endpoints, msp] = [group.values.get('Endpoints')?.value, group.values.get('MSP')?.value];
    if (endpoints === undefined || msp === undefined) return [];
    const config = readMsp(msp);
    const tlsRoots = pemsOf([...config.getTlsRootCertsList_asU8(), ...config.getTlsIntermediateCertsList_asU8()]).join('\n');
    return readEndpoints(endpoints).map((address) => ({ mspId, address, tlsRoots }));
  });
}

/** Hands an orderer a serialized common.Envelope to order (orderer/common/broadcast). Never throws. */
export async function broadcast(endpoint: OrdererEndpoint, envelope: Uint8Array): Promise<BroadcastAnswer> {
  const { path, requestSerialize, responseDeserialize } = orderer.AtomicBroadcastService.broadcast;
  const message = common.Envelope.deserializeBinary(envelope);
  return converse(endpoint, (client, deadline) => {
    const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, { deadline });
    return firstAnswer(stream, message, (response): BroadcastAnswer => {
      if (response.getStatus() === Status.SUCCESS) return { kind: 'accepted' };
      return { kind: 'refused', status: nameOfStatus(response.getStatus()), said: response.getInfo() };
    });
  });
}

/** How many blocks of a channel an orderer has, or why it does not say. Never throws. */
export async function askHeight(endpoint: OrdererEndpoint, channel: string, signer: Signer): Promise<number | string> {
  const { path, requestSerialize, responseDeserialize } = orderer.AtomicBroadcastService.deliver;
  const seek = newConfigMessage(HEADER_TYPE.deliverSeekInfo, channel, seekNewest(), signer);
  const answer = await converse(endpoint, (client, deadline) => {
    const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, { deadline });
    return firstAnswer(stream, common.Envelope.deserializeBinary(seek), (response): { readonly height: number } | BroadcastAnswer => {
      const block = response.getBlock();
      if (block !== undefined) return { height: (block.getHeader()?.getNumber() ?? 0) + 1 };
      return { kind: 'refused', status: nameOfStatus(response.getStatus()), said: '' };
    });
  });
  if ('height' in answer) return answer.height;
  if (answer.kind === 'refused') return answer.status === 'NOT_FOUND' ? 'it is not in the channel' : `it answers ${answer.status}`;
  return answer.kind === 'silent' ? answer.said : 'it says nothing';
}

async function converse<T>(
  { address, tlsRoots }: OrdererEndpoint,
  talk: (client: Client, deadline: number) => Promise<T>,
): Promise<T | { readonly kind: 'silent'; readonly said: string }> {
  const client = connect(address, tlsRoots);
  try {
    return await talk(client, Date.now() + ANSWERS_WITHIN_MS);
  } catch (error) {
    return { kind: 'silent', said: (error as Error).message };
  } finally {
    client.close();
  }
}

/** TLS has no way to ask a server for an address (RFC 6066): it is asked for a name, and its certificate compared with the address all the same. */
function connect(address: string, tlsRoots: string): Client {
  const host = address.slice(0, address.lastIndexOf(':'));
  const verify = { checkServerIdentity: (_name: string, certificate: PeerCertificate) => checkServerIdentity(host, certificate) };
  return new Client(address, credentials.createSsl(Buffer.from(tlsRoots), null, null, verify), {
    'grpc.max_receive_message_length': -1,
    ...(isIP(host) === 0 ? {} : { 'grpc.ssl_target_name_override': 'localhost' }),
  });
}

function firstAnswer<Q, A, T>(stream: ClientDuplexStream<Q, A>, question: Q, read: (answer: A) => T): Promise<T> {
  return new Promise((resolve, reject) => {
    stream.on('data', (answer: A) => {
      resolve(read(answer));
      stream.end();
      stream.cancel();
    });
    stream.on('error', reject);
    stream.on('end', () => {
      reject(new Error('it ended the conversation without an answer'));
    });
    stream.write(question);
  });
}

function seekNewest(): Uint8Array {
  const position = new orderer.SeekPosition();
  position.setNewest(new orderer.SeekNewest());
  const info = new orderer.SeekInfo();
  info.setStart(position);
  info.setStop(position);
  info.setBehavior(orderer.SeekInfo.SeekBehavior.FAIL_IF_NOT_READY);
  return info.serializeBinary();
}

function nameOfStatus(status: number): string {
  return STATUS_NAMES.get(status) ?? String(status);
}
