import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** What proxies add: such a request comes from somebody else than its connection tells. */
const forwarded = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'];

/** Whether a request comes straight from one of these addresses and networks. */
export function newMonitorCheck(networks: readonly string[]): (request: IncomingMessage) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return ({ socket, headers }) => {
    const address = (socket.remoteAddress ?? '').replace(/^::ffff:/i, '');
    return (
      isIP(address) !== 0 &&
      list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4') &&
      forwarded.every((name) => headers[name] === undefined)
    );
  };
}
