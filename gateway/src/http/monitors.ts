import type { IncomingMessage } from 'node:http';
import { newNetworkCheck } from '../config';

/** What proxies add: such a request comes from somebody else than its connection tells. */
const forwarded = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'];

/** Whether a request comes straight from one of these addresses and networks. */
export function newMonitorCheck(networks: readonly string[]): (request: IncomingMessage) => boolean {
  const isListed = newNetworkCheck(networks);
  return ({ socket, headers }) => {
    const address = (socket.remoteAddress ?? '').replace(/^::ffff:/i, '');
    return isListed(address) && forwarded.every((name) => headers[name] === undefined);
  };
}
