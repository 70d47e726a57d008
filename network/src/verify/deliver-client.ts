import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client, credentials, status, type ServiceError } from '@grpc/grpc-js';
import { common, orderer } from '@hyperledger/fabric-protos';
import {
  HEADER_TYPE,
  asBytes,
  newChannelHeader,
  signLowS,
  writeEnvelope,
  writePayload,
  writeSerializedIdentity,
  writeSignatureHeader,
} from '@medaccord/devnet/blocks';
import type { Organisation, Topology } from '../topology';
import { VerifyError } from './verify-error';

/** What deliver services hand out. */
export type Delivery = 'peer-blocks' | 'peer-filtered-blocks' | 'orderer-blocks';

const METHODS: Readonly<Record<Delivery, string>> = {
  'peer-blocks': '/protos.Deliver/Deliver',
  'peer-filtered-blocks': '/protos.Deliver/DeliverFiltered',
  'orderer-blocks': '/orderer.AtomicBroadcast/Deliver',
};
/** Name that every node's TLS certificate carries, whatever the machine is called. */
const SERVER_NAME = 'localhost';
const QUIET_MS = 30_000;
const NONCE_LENGTH = 24;

export type Position = number | 'newest';

/** Asks a node's deliver services as the organisation's administrator. */
export class DeliverClient {
  readonly name: string;
  readonly #client: Client;
  readonly #topology: Topology;
  readonly #organisation: Organisation;

  constructor(topology: Topology, organisation: Organisation, node: 'peer' | 'orderer') {
    const endpoint = organisation.endpoints[node];
    this.#client = new Client(endpoint, credentials.createSsl(readMaterial(organisation.msp.tlsCaCertificate)), {
      'grpc.ssl_target_name_override': SERVER_NAME,
      'grpc.max_receive_message_length': -1,
    });
    this.#topology = topology;
    this.#organisation = organisation;
    this.name = `the ${node} of ${organisation.name} at ${endpoint}`;
  }

  /** Serialized blocks from a number to another, or to the newest that there is; none where the first is not there. @throws VerifyError */
  deliver(delivery: Delivery, start: number, stop: Position): AsyncIterable<Uint8Array> {
    const node = { client: this.#client, method: METHODS[delivery], name: this.name };
    return deliver(node, newSeek(this.#topology.channel, this.#organisation, start, stop));
  }

  close(): void {
    this.#client.close();
  }
}

interface Node {
  readonly client: Client;
  readonly method: string;
  readonly name: string;
}

/** Blocks (serialized common.Block) until the node says that these are all, or that there is none such. */
async function* deliver({ client, method, name }: Node, seek: Uint8Array): AsyncIterable<Uint8Array> {
  const stream = client.makeBidiStreamRequest(method, (bytes: Uint8Array) => Buffer.from(bytes), asBytes);
  const quiet = setTimeout(() => stream.destroy(unreachable(name, 'it says nothing any more')), QUIET_MS);
  try {
    stream.write(seek);
    for await (const message of stream as AsyncIterable<Uint8Array>) {
      quiet.refresh();
      const answer = readAnswer(message);
      if (answer.block !== undefined) yield answer.block;
      else if (answer.status === common.Status.SUCCESS || answer.status === common.Status.NOT_FOUND) return;
      else throw refused(name, answer.status);
    }
    throw unreachable(name, 'it ended before all blocks were there');
  } catch (error) {
    throw error instanceof VerifyError ? error : translate(name, error as ServiceError);
  } finally {
    clearTimeout(quiet);
    stream.on('error', () => undefined);
    stream.cancel();
  }
}

/** peer.DeliverResponse and orderer.DeliverResponse alike: a status as field 1, or a block of some form as another, which is handed on as it came. */
function readAnswer(message: Uint8Array): { readonly block?: Uint8Array; readonly status: number } {
  let [length, at, scale] = [0, 1, 1];
  for (let byte = 0x80; byte >= 0x80; scale *= 128) {
    byte = message[at++] ?? 0;
    length += (byte & 0x7f) * scale;
  }
  return message[0] === STATUS_TAG ? { status: length } : { block: message.subarray(at, at + length), status: 0 };
}

const STATUS_TAG = 0x08;

/** Serialized Envelope of type DELIVER_SEEK_INFO, signed. */
function newSeek(channelId: string, organisation: Organisation, start: number, stop: Position): Uint8Array {
  const { certificate, privateKey } = organisation.identities.admin;
  const info = new orderer.SeekInfo();
  info.setStart(newPosition(start));
  info.setStop(newPosition(stop));
  info.setBehavior(orderer.SeekInfo.SeekBehavior.FAIL_IF_NOT_READY);
  const payload = writePayload({
    channelHeader: newChannelHeader({ type: HEADER_TYPE.deliverSeekInfo, channelId }),
    signatureHeader: writeSignatureHeader({
      creator: writeSerializedIdentity(organisation.mspId, asBytes(readMaterial(certificate))),
      nonce: asBytes(randomBytes(NONCE_LENGTH)),
    }),
    data: info.serializeBinary(),
  });
  return writeEnvelope({ payload, signature: signLowS(readMaterial(privateKey).toString(), payload) });
}

function readMaterial(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new VerifyError('VERIFY_SOURCE_UNREADABLE', `The administrator's file ${file} cannot be read.`, RUNNING);
  }
}

function newPosition(position: Position): orderer.SeekPosition {
  const message = new orderer.SeekPosition();
  if (position === 'newest') {
    message.setNewest(new orderer.SeekNewest());
    return message;
  }
  const specified = new orderer.SeekSpecified();
  specified.setNumber(position);
  message.setSpecified(specified);
  return message;
}

function translate(name: string, { code, details, message }: ServiceError): VerifyError {
  if (code === status.UNAVAILABLE) return unreachable(name, 'it does not answer');
  return new VerifyError('VERIFY_UNREACHABLE', `${name} broke off: ${details || message}`, RUNNING);
}

const RUNNING = 'Start the network with `up`, or name a folder of block files.';

function unreachable(name: string, problem: string): VerifyError {
  return new VerifyError('VERIFY_UNREACHABLE', `${name}: ${problem}`, RUNNING);
}

function refused(name: string, answer: number): VerifyError {
  const word = answer === common.Status.FORBIDDEN ? 'the administrator may not read this channel' : `it answers with status ${answer}`;
  return new VerifyError(
    'VERIFY_REFUSED',
    `${name}: ${word}`,
    'Is this the topology of the running network, and the certificate still good?',
  );
}
