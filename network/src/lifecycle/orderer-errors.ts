import type { Organisation } from '../topology';
import { LifecycleError } from './lifecycle-error';

/** One request to an orderer; `what` completes the sentence "did not ...". */
export interface OrdererCall {
  readonly what: string;
  readonly method: string;
  readonly path: string;
  readonly body?: Uint8Array;
  readonly type?: string;
  readonly withinMs?: number;
}

export interface OrdererAnswer {
  readonly status: number;
  readonly body: Buffer;
}

type OrdererPlace = Pick<Organisation, 'name' | 'title' | 'endpoints' | 'ports'>;

const STATUS = { forbidden: 403, notFound: 404, conflict: 409, unavailable: 503 } as const;

const HINTS: Readonly<Record<number, string>> = {
  [STATUS.forbidden]: 'It follows the channel and has no vote yet: ask an orderer that is a consenter.',
  [STATUS.notFound]: 'It is not in that channel, or has no such block yet: join it first, or wait until it has caught up.',
  [STATUS.conflict]: 'It is leaving the channel: ask again in a moment.',
  [STATUS.unavailable]: 'Set ChannelParticipation.Enabled in its orderer.yaml.',
};

/** An orderer that answered something else than was asked for. What it says itself is in the body: `{"error": "..."}`. */
export function newOrdererRefusal(orderer: OrdererPlace, call: OrdererCall, { status, body }: OrdererAnswer): LifecycleError {
  const message = `${describe(orderer)} did not ${call.what}: status ${String(status)}, ${readReason(body)}`;
  return new LifecycleError('ORDERER_REFUSED', message, HINTS[status] ?? `Look at the log of orderer-${orderer.name}.`);
}

export function newOrdererUnreachable(orderer: OrdererPlace, call: OrdererCall, cause: Error): LifecycleError {
  const refusesUs = (cause as NodeJS.ErrnoException).code?.startsWith('ERR_SSL') === true;
  const hint = refusesUs
    ? 'It asks for a client certificate of its organisation’s TLS CA: see Admin.TLS in its orderer.yaml.'
    : `See whether orderer-${orderer.name} runs (\`status\`), and its log.`;
  return new LifecycleError('ORDERER_UNREACHABLE', `${describe(orderer)} did not ${call.what}: ${tell(cause)}`, hint, cause);
}

function describe({ title, endpoints, ports }: OrdererPlace): string {
  return `The orderer of ${title} (${endpoints.orderer}, administered at port ${String(ports.ordererAdmin)})`;
}

function readReason(body: Buffer): string {
  const text = body.toString();
  try {
    return (JSON.parse(text) as { error?: string }).error ?? text;
  } catch {
    return text.slice(0, 200);
  }
}

/** OpenSSL says more of itself than of the matter, and Node nothing of several addresses that failed. */
function tell(error: NodeJS.ErrnoException & { readonly reason?: string }): string {
  return error.reason ?? (error.message === '' ? (error.code ?? error.name) : error.message);
}
