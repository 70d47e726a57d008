import { request, type RequestOptions } from 'node:https';
import type { Organisation } from '../topology';
import { newOrdererRefusal, newOrdererUnreachable, type OrdererAnswer, type OrdererCall } from './orderer-errors';
import { readMaterial } from './read-material';

/** How far an orderer is in a channel (orderer/common/types/channelinfo.go). */
export interface OrdererChannel {
  readonly name: string;
  /** `onboarding` until it has the blocks up to the one it joined with; `inactive` while it stores none; `failed`: see its log. */
  readonly status: 'active' | 'onboarding' | 'inactive' | 'failed';
  /** A follower has the blocks, but no vote. */
  readonly consensusRelation: 'consenter' | 'follower' | 'config-tracker' | 'other';
  readonly height: number;
}

/** A block by number, or the first, the last, or the last one that changed the channel's configuration. */
export type BlockName = number | 'oldest' | 'newest' | 'config';

/** The participation API of one orderer. Every call throws LifecycleError ORDERER_UNREACHABLE or ORDERER_REFUSED. */
export interface OrdererAdmin {
  readonly mspId: string;
  listChannels(): Promise<string[]>;
  /** Undefined: the orderer is not in that channel. */
  readChannel(channel: string): Promise<OrdererChannel | undefined>;
  /** `block`: the channel's newest configuration block, or its first. That it joined before is no error. */
  joinChannel(channel: string, block: Uint8Array): Promise<'joined' | 'joined before'>;
  /** Leaves the channel and forgets its blocks. That it was not in it is no error. */
  removeChannel(channel: string): Promise<'removed' | 'absent'>;
  /** A whole block (common.Block, serialized). */
  fetchBlock(channel: string, block: BlockName): Promise<Uint8Array>;
  /** Orders a configuration update that enough members have signed (common.Envelope, serialized). */
  updateChannel(channel: string, update: Uint8Array): Promise<void>;
}

const CHANNELS = '/participation/v1/channels';
const ANSWERS_WITHIN_MS = 10_000;
/** Joining opens a ledger and begins consensus; an update is ordered before it is answered. */
const WORKS_WITHIN_MS = 60_000;
const STATUS = { ok: 200, created: 201, noContent: 204, notFound: 404, notAllowed: 405 } as const;

/**
 * Administers the orderer of an organisation over its channel participation API: REST with mutual TLS
 * (orderer/common/channelparticipation/restapi.go). The orderer takes whoever holds a certificate of the organisation's own TLS CA for its
 * administrator; this one shows the orderer's certificate.
 */
export function newOrdererAdmin(organisation: Organisation): OrdererAdmin {
  const ask = (call: OrdererCall): Promise<OrdererAnswer> => askOrderer(organisation, call);
  const askFor = async (wanted: number, call: OrdererCall): Promise<OrdererAnswer> => {
    const answer = await ask(call);
    if (answer.status !== wanted) throw newOrdererRefusal(organisation, call, answer);
    return answer;
  };
  return {
    mspId: organisation.mspId,
    listChannels: async () => {
      const { body } = await askFor(STATUS.ok, { what: 'list its channels', method: 'GET', path: CHANNELS });
      const { channels } = JSON.parse(body.toString()) as { channels: { name: string }[] | null };
      return (channels ?? []).map(({ name }) => name);
    },
    readChannel: async (channel) => {
      const call = { what: `tell of channel ${channel}`, method: 'GET', path: pathOf(channel) };
      const answer = await ask(call);
      if (answer.status === STATUS.notFound) return undefined;
      if (answer.status !== STATUS.ok) throw newOrdererRefusal(organisation, call, answer);
      const { name, status, consensusRelation, height } = JSON.parse(answer.body.toString()) as OrdererChannel;
      return { name, status, consensusRelation, height };
    },
    joinChannel: async (channel, block) => {
      const call = { what: `join channel ${channel}`, method: 'POST', path: CHANNELS, ...(await encodeForm('config-block', block)) };
      const answer = await ask(call);
      if (answer.status === STATUS.notAllowed) return 'joined before';
      if (answer.status !== STATUS.created) throw newOrdererRefusal(organisation, call, answer);
      return 'joined';
    },
    removeChannel: async (channel) => {
      const call = { what: `leave channel ${channel}`, method: 'DELETE', path: pathOf(channel), withinMs: WORKS_WITHIN_MS };
      const answer = await ask(call);
      if (answer.status === STATUS.notFound) return 'absent';
      if (answer.status !== STATUS.noContent) throw newOrdererRefusal(organisation, call, answer);
      return 'removed';
    },
    fetchBlock: async (channel, block) => {
      const path = `${pathOf(channel)}/blocks/${String(block)}`;
      const call = { what: `hand out block ${String(block)} of channel ${channel}`, method: 'GET', path };
      return new Uint8Array((await askFor(STATUS.ok, call)).body);
    },
    updateChannel: async (channel, update) => {
      const form = await encodeForm('config-update-envelope', update);
      await askFor(STATUS.created, { what: `order an update of channel ${channel}`, method: 'PUT', path: CHANNELS, ...form });
    },
  };
}

function pathOf(channel: string): string {
  return `${CHANNELS}/${encodeURIComponent(channel)}`;
}

/** multipart/form-data with one file, as the API takes blocks and envelopes. */
async function encodeForm(name: string, content: Uint8Array): Promise<Pick<OrdererCall, 'body' | 'type' | 'withinMs'>> {
  const form = new FormData();
  form.set(name, new Blob([new Uint8Array(content)]), name);
  const encoded = new Response(form);
  const body = new Uint8Array(await encoded.arrayBuffer());
  return { body, type: encoded.headers.get('content-type') ?? '', withinMs: WORKS_WITHIN_MS };
}

async function askOrderer(organisation: Organisation, call: OrdererCall): Promise<OrdererAnswer> {
  const connection = connectionOf(organisation);
  const timeout = call.withinMs ?? ANSWERS_WITHIN_MS;
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(newOrdererUnreachable(organisation, call, error));
    const asked = request({ ...connection, method: call.method, path: call.path, timeout }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${String(timeout / 1000)} s`)));
    asked.on('error', fail);
    if (call.type !== undefined) asked.setHeader('content-type', call.type);
    asked.end(call.body);
  });
}

/** Read at every call: certificates are renewed while somebody watches. */
function connectionOf(organisation: Organisation): RequestOptions {
  const { endpoints, ports, tls, msp } = organisation;
  const { ordererAdmin } = endpoints;
  return {
    host: ordererAdmin.slice(0, ordererAdmin.lastIndexOf(':')),
    port: ports.ordererAdmin,
    // By name: TLS has no way to ask a server for an address (RFC 6066).
    servername: 'localhost',
    agent: false,
    ca: readMaterial(organisation, msp.tlsCaCertificate),
    cert: readMaterial(organisation, tls.orderer.certificate),
    key: readMaterial(organisation, tls.orderer.privateKey),
  };
}
