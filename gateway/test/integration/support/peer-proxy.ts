import { readFileSync } from 'node:fs';
import {
  connect,
  constants,
  createSecureServer,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type Http2SecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { gateway as wire, peer } from '@hyperledger/fabric-protos';
import type { Organisation } from '@medaccord/network';

/** The three calls of Fabric's gateway service that carry a transaction (gateway/gateway.proto). */
export type LedgerCall = 'Endorse' | 'Submit' | 'CommitStatus';

export interface SeenCall {
  readonly call: LedgerCall;
  /** `answered`: the peer did what was asked; of an outcome: the transaction is valid. */
  readonly phase: 'asked' | 'answered';
  readonly transactionId: string;
  /** Its name in the chaincode. */
  readonly transaction: string;
}

interface Answered {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** None when the headers say all, as gRPC's errors do. */
  readonly trailers: IncomingHttpHeaders | undefined;
}

/**
 * Stands between a gateway and its peer, as a gRPC server with the peer's own TLS certificate, and sees every call of a transaction as a whole:
 * what is asked before the peer gets it, what is answered before the gateway gets it.
 */
export class PeerProxy {
  /** Whether what was seen goes on to whom it is for. */
  watch: (seen: SeenCall) => boolean = () => true;
  readonly #server: Http2SecureServer;
  readonly #peer: ClientHttp2Session;
  /** By id: only what is asked first tells it. */
  readonly #names = new Map<string, string>();

  private constructor({ tls, endpoints, msp }: Organisation) {
    this.#peer = connect(`https://${endpoints.peer}`, { ca: readFileSync(msp.tlsCaCertificate), servername: 'localhost' });
    this.#server = createSecureServer({ cert: readFileSync(tls.peer.certificate), key: readFileSync(tls.peer.privateKey) });
    // A gateway that is killed leaves its connections broken.
    this.#server.on('sessionError', () => undefined);
    this.#server.on('stream', (stream, headers) => {
      stream.on('error', () => undefined);
      const call = callOf(headers);
      if (call === undefined) this.#pipe(stream, headers);
      else void this.#carry(call, stream, headers).catch(() => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
    });
  }

  static async open(organisation: Organisation): Promise<PeerProxy> {
    const proxy = new PeerProxy(organisation);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** What a connection document names instead of the peer's own. */
  get endpoint(): string {
    return `127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  close(): void {
    this.#server.close();
    this.#peer.destroy();
  }

  async #carry(call: LedgerCall, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const question = await readAll(stream);
    const transactionId = transactionOf(call, question);
    if (call === 'Endorse') this.#names.set(transactionId, nameOf(question));
    const seen = { call, transactionId, transaction: this.#names.get(transactionId) ?? '' };
    if (!this.watch({ ...seen, phase: 'asked' })) return;
    const upstream = this.#request(stream, headers);
    upstream.end(question);
    const answer = await collect(upstream);
    if (isDone(call, answer) && !this.watch({ ...seen, phase: 'answered' })) return;
    const { headers: first, body, trailers } = answer;
    if (stream.destroyed) return;
    stream.respond(first, trailers === undefined ? { endStream: true } : { waitForTrailers: true });
    if (trailers === undefined) return;
    stream.once('wantTrailers', () => {
      stream.sendTrailers(trailers);
    });
    stream.end(body);
  }

  /** All other calls, streams of blocks among them, as they come. */
  #pipe(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const upstream = this.#request(stream, headers);
    let trailers: IncomingHttpHeaders = {};
    upstream.on('error', () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
    upstream.once('trailers', (last) => (trailers = last));
    upstream.once('response', (first, flags) => {
      if (stream.destroyed) return;
      const isAll = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
      stream.respond(first, isAll ? { endStream: true } : { waitForTrailers: true });
      stream.once('wantTrailers', () => {
        stream.sendTrailers(trailers);
      });
      if (!isAll) upstream.pipe(stream);
    });
    stream.pipe(upstream);
  }

  /** Ended when the gateway is gone: the peer must see what it would see without a proxy. */
  #request(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): ClientHttp2Stream {
    const upstream = this.#peer.request(headers);
    stream.once('close', () => {
      upstream.close(constants.NGHTTP2_CANCEL);
    });
    return upstream;
  }
}

function callOf(headers: IncomingHttpHeaders): LedgerCall | undefined {
  const [, name] = /^\/gateway\.Gateway\/(Endorse|Submit|CommitStatus)$/.exec(String(headers[':path'])) ?? [];
  return name as LedgerCall | undefined;
}

/** The message of a unary call, without the five bytes before it that tell its length. */
const messageOf = (body: Buffer): Uint8Array => new Uint8Array(body.subarray(5));

function transactionOf(call: LedgerCall, body: Buffer): string {
  const message = messageOf(body);
  if (call === 'Endorse') return wire.EndorseRequest.deserializeBinary(message).getTransactionId();
  if (call === 'Submit') return wire.SubmitRequest.deserializeBinary(message).getTransactionId();
  const request = wire.SignedCommitStatusRequest.deserializeBinary(message).getRequest_asU8();
  return wire.CommitStatusRequest.deserializeBinary(request).getTransactionId();
}

/** Of the transaction that is to be endorsed: the first of the chaincode's arguments. */
function nameOf(body: Buffer): string {
  const proposal = wire.EndorseRequest.deserializeBinary(messageOf(body)).getProposedTransaction()?.getProposalBytes_asU8();
  const payload = peer.Proposal.deserializeBinary(proposal ?? new Uint8Array()).getPayload_asU8();
  const input = peer.ChaincodeProposalPayload.deserializeBinary(payload).getInput_asU8();
  const [name] = peer.ChaincodeInvocationSpec.deserializeBinary(input).getChaincodeSpec()?.getInput()?.getArgsList_asU8() ?? [];
  return Buffer.from(name ?? []).toString('utf8');
}

function isDone(call: LedgerCall, { body, trailers }: Answered): boolean {
  if (trailers?.['grpc-status'] !== '0') return false;
  return call !== 'CommitStatus' || wire.CommitStatusResponse.deserializeBinary(messageOf(body)).getResult() === 0;
}

async function collect(upstream: ClientHttp2Stream): Promise<Answered> {
  let headers: IncomingHttpHeaders | undefined;
  let trailers: IncomingHttpHeaders | undefined;
  upstream.once('response', (first) => (headers = first));
  upstream.once('trailers', (last) => (trailers = last));
  const body = await readAll(upstream);
  if (headers === undefined) throw new Error('the peer gave no answer');
  return { headers, body, trailers };
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
