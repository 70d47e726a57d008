import { randomUUID } from 'node:crypto';
import type { Category } from '@medaccord/chaincode/model';
import type { Answer, Door } from './door';

export interface Emergency {
  readonly categories?: readonly Category[];
  readonly department?: string;
  readonly statement?: string;
  readonly purpose?: string;
}

/** Declares an emergency as a physician of a department and waits for the answer. */
export async function declare(
  gateway: Door,
  relationRef: string,
  { categories = ['laboratory'], department = 'emergency', statement = 'Found unconscious', purpose = 'ETREAT' }: Emergency = {},
): Promise<Answer> {
  return gateway.send('/api/access-requests', {
    token: await gateway.token('physician', 'dr-lee', 600, { department }),
    key: randomUUID(),
    headers: { prefer: 'wait=10' },
    body: { relationRef, purpose, categories, emergency: { reason: 'unconscious', statement } },
  });
}

/** Reviews a declared emergency as an auditor. */
export async function review(
  gateway: Door,
  { relationRef, requester, requestId }: { relationRef: string; requester: string; requestId: string },
  body: { readonly outcome: string; readonly declaration?: string },
): Promise<Answer> {
  const path = `/api/break-glass/${relationRef}/${requester}/${requestId}/review`;
  return gateway.send(path, { token: await gateway.token('auditor'), key: randomUUID(), body });
}

const timers = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate'] as const;
const others = ['hrtime', 'nextTick', 'performance', 'queueMicrotask'] as const;

/** Moves the date ahead for whatever asks for it; timers, and clocks that were taken at the start, go on as they are. */
export function passHours(hours: number): void {
  const now = Date.now() + hours * 3_600_000;
  jest.useFakeTimers({ now, advanceTimers: true, doNotFake: [...timers, ...others] });
}
