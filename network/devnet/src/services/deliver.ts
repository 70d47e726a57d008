import type { ServerDuplexStream } from '@grpc/grpc-js';
import { readBlock, writeBlock } from '../proto/blocks';
import type { SignedData } from '../msp/identity';
import { readConfigEnvelope } from '../genesis/config-envelope';
import { newFilteredBlock } from './filtered-block';
import { newBlockAndPrivateData } from './private-blocks';
import { DELIVER_STATUS, readSeekRequest, resolveRange, type DeliverStatus, type Seek } from './seek-request';
import type { ServiceContext } from './service-context';
import { bytesField, numberField } from './wire-fields';

export type DeliverKind = 'full' | 'filtered' | 'private';

export type DeliverStream = ServerDuplexStream<Uint8Array, Uint8Array>;

const RESOURCES: Readonly<Record<DeliverKind, string>> = { full: 'event/Block', filtered: 'event/FilteredBlock', private: 'event/Block' };

/** Serves the requests of one stream one after another (common/deliver/deliver.go, Handle). Any status but success ends the stream. */
export function serveDeliver(context: ServiceContext, kind: DeliverKind, stream: DeliverStream): void {
  const ending = new AbortController();
  const requests: Uint8Array[] = [];
  let serving: Promise<void> | undefined;
  let hasEnded = false;
  const next = async (): Promise<void> => {
    for (let request = requests.shift(); request !== undefined; request = requests.shift()) {
      const status = await new Delivery(context, kind, stream, ending.signal).serve(request);
      if (ending.signal.aborted) return;
      if (status !== undefined) await send(stream, numberField(1, status), ending.signal);
      if (status !== DELIVER_STATUS.success) hasEnded = true;
      if (hasEnded) break;
    }
    serving = undefined;
    if (hasEnded) stream.end();
  };
  const start = (): void => {
    serving ??= next().catch((error: unknown) => {
      context.onProblem(error);
      stream.end();
    });
  };
  stream.on('data', (request: Uint8Array) => {
    requests.push(request);
    start();
  });
  stream.on('end', () => {
    hasEnded = true;
    if (serving === undefined) stream.end();
  });
  stream.on('cancelled', () => ending.abort());
  stream.on('error', () => ending.abort());
}

/** One request for blocks. */
class Delivery {
  #allowedBy: unknown;

  constructor(
    readonly context: ServiceContext,
    readonly kind: DeliverKind,
    readonly stream: DeliverStream,
    readonly signal: AbortSignal,
  ) {}

  /** @returns the status that ends it; undefined when the stream itself ended */
  async serve(bytes: Uint8Array): Promise<DeliverStatus | undefined> {
    const request = readSeekRequest(bytes, Date.now());
    if (request === undefined) return DELIVER_STATUS.badRequest;
    if (request.channelId !== this.context.ledger.channel.id) return DELIVER_STATUS.notFound;
    if (request.seek === undefined) return DELIVER_STATUS.badRequest;
    if (!this.#isAllowed(request.signed)) return DELIVER_STATUS.forbidden;
    const range = resolveRange(request.seek, this.context.view.height);
    if (typeof range === 'number') return range;
    for (let number = range.first; number <= range.last; number++) {
      const refused = await this.#serveBlock(number, request.seek, request.signed);
      if (refused !== undefined || this.signal.aborted) return refused;
    }
    return DELIVER_STATUS.success;
  }

  async #serveBlock(number: number, seek: Seek, reader: SignedData): Promise<DeliverStatus | undefined> {
    const { view } = this.context;
    if (number >= view.height && !seek.waits) return DELIVER_STATUS.notFound;
    await view.reach(number, this.signal);
    const bytes = this.signal.aborted ? undefined : view.block(number);
    if (bytes === undefined) return undefined;
    if (!this.#isAllowed(reader)) return DELIVER_STATUS.forbidden;
    await send(this.stream, this.#response(number, seek.headersOnly ? withoutData(bytes) : bytes, reader), this.signal);
    return undefined;
  }

  /** Asked again when the configuration has changed, and when the certificate may have expired. */
  #isAllowed(reader: SignedData): boolean {
    const { channel } = this.context.ledger;
    const identity = channel.msps.identify(reader.identity);
    if ('problem' in identity || identity.expiresAt <= new Date()) return false;
    if (this.#allowedBy === channel) return true;
    const { satisfied } = channel.policies.evaluate(channel.acl(RESOURCES[this.kind]), [reader]);
    if (satisfied) this.#allowedBy = channel;
    return satisfied;
  }

  /** Serialized peer.DeliverResponse. */
  #response(number: number, bytes: Uint8Array, reader: SignedData): Uint8Array {
    const { ledger, mspId, digests } = this.context;
    if (this.kind === 'full') return bytesField(2, bytes);
    if (this.kind === 'filtered') return bytesField(3, newFilteredBlock(digests.of(number, bytes)));
    return bytesField(4, newBlockAndPrivateData(ledger, mspId, { number, bytes }, reader));
  }
}

/** content type HEADER_WITH_SIG: the data of blocks without a configuration is left out. */
function withoutData(bytes: Uint8Array): Uint8Array {
  const block = readBlock(bytes);
  const [first] = block.items;
  return first !== undefined && isConfig(first) ? bytes : writeBlock({ ...block, items: [] });
}

function isConfig(item: Uint8Array): boolean {
  try {
    readConfigEnvelope(item);
    return true;
  } catch {
    return false;
  }
}

/** Waits while the client does not keep up. */
async function send(stream: DeliverStream, message: Uint8Array, signal: AbortSignal): Promise<void> {
  if (stream.write(message) || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      stream.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    stream.once('drain', done);
    signal.addEventListener('abort', done, { once: true });
  });
}
