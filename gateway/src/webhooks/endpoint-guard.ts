import { lookup as lookUp } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { newNetworkCheck } from '../config';

/** Where webhooks may go, as the operator says. */
export interface WebhookPlaces {
  /** Origins; http ones are on this very machine. */
  readonly origins: readonly string[];
  /** Networks that are not public, and in which they may be all the same. */
  readonly networks: readonly string[];
}

const loopback = ['127.0.0.0/8', '::1'];
/** IANA's special-purpose registries: what no address of the public Internet is. */
const special = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24'],
  ...['192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32', '2002::/16'],
  ...['3fff::/20', '5f00::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
];

/**
 * Keeps webhooks from reaching what the operator did not mean: a name counts by the addresses that it has when the connection is made, so that
 * nobody who subscribes, and nobody's name server, leads the gateway into the hospital's own network.
 */
export class EndpointGuard {
  readonly #origins: ReadonlySet<string>;
  readonly #isNamed: (address: string) => boolean;
  readonly #isLoopback = newNetworkCheck(loopback);
  readonly #isSpecial = newNetworkCheck(special);

  constructor({ origins, networks }: WebhookPlaces) {
    this.#origins = new Set(origins);
    this.#isNamed = newNetworkCheck(networks);
  }

  /** Whether its origin is on the operator's list, and it tells no password. */
  isListed(endpoint: string): boolean {
    const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
    return url?.username === '' && url.password === '' && url.hash === '' && this.#origins.has(url.origin);
  }

  /** Whether it may be connected to, as far as its address already says so. */
  mayConnect({ hostname }: URL): boolean {
    const address = hostname.replace(/^\[|\]$/g, '');
    return isIP(address) === 0 || this.#mayReach(address, isLocal(hostname));
  }

  /** Finds the addresses of an endpoint's host, and tells only those that may be reached. */
  lookupFor({ hostname }: URL): LookupFunction {
    return (host, options, done) => {
      lookUp(host, { ...options, all: true }, (error, found) => {
        const [first, ...others] = error === null ? found.filter(({ address }) => this.#mayReach(address, isLocal(hostname))) : [];
        if (first === undefined) done(error ?? Object.assign(new Error('No address may be reached'), { code: 'ADDRESS_REFUSED' }), '', 0);
        else if (options.all === true) done(null, [first, ...others]);
        else done(null, first.address, first.family);
      });
    };
  }

  #mayReach(address: string, isLocalHost: boolean): boolean {
    if (isLocalHost) return this.#isLoopback(address);
    // An IPv4 address in the clothes of IPv6 is never asked for.
    const isPublic = !this.#isSpecial(address) && !this.#isLoopback(address) && !/^::ffff:/i.test(address);
    return isPublic || this.#isNamed(address);
  }
}

/** What the operator named as being on this very machine. */
function isLocal(hostname: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}
