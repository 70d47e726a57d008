import type { LookupAddress } from 'node:dns';
import { EndpointGuard } from './endpoint-guard';

const origins = ['https://billing.example', 'https://10.1.2.3:8443', 'https://[fd00::7]', 'http://localhost:9000', 'http://127.0.0.1:9000'];
const guard = new EndpointGuard({ origins, networks: [] });
const inHouse = new EndpointGuard({ origins, networks: ['10.1.0.0/16', 'fd00::/8'] });

/** What a connection to an endpoint would find, if the name server said that its host is this one. */
const find = (endpoint: string, host: string, all = true): Promise<LookupAddress[] | string> =>
  new Promise((resolve) => {
    guard.lookupFor(new URL(endpoint))(host, { all }, (error, found) => {
      resolve(error === null ? ([found].flat() as LookupAddress[]) : String(error.code));
    });
  });

describe('a webhook', () => {
  it('goes to the very origins that the operator lists, and tells no password', () => {
    expect(guard.isListed('https://billing.example/hook?of=1')).toBe(true);
    for (const endpoint of [
      ...['http://billing.example/hook', 'https://billing.example:444/', 'https://billing.example.org/', 'https://sub.billing.example/'],
      ...['https://ada:secret@billing.example/', 'https://ada@billing.example/', 'https://billing.example/#x', 'billing.example', ''],
      ...['http://localhost:9001/', 'file:///etc/passwd'],
    ])
      expect([endpoint, guard.isListed(endpoint)]).toEqual([endpoint, false]);
  });

  it('reaches no address that is not public, unless the operator names its network', () => {
    for (const endpoint of ['https://10.1.2.3:8443/', 'https://[fd00::7]/']) {
      expect([endpoint, guard.mayConnect(new URL(endpoint))]).toEqual([endpoint, false]);
      expect([endpoint, inHouse.mayConnect(new URL(endpoint))]).toEqual([endpoint, true]);
    }
    for (const host of [
      ...['127.0.0.2', '0.0.0.0', '169.254.169.254', '172.31.0.1', '192.168.1.1', '100.64.0.1', '224.0.0.1', '255.255.255.255'],
      ...['[::]', '[::1]'.replace('1', '2'), '[fe80::1]', '[::ffff:10.0.0.1]', '[::ffff:8.8.8.8]', '[64:ff9b::a00:1]', '[2002:a00:1::]'],
    ])
      expect([host, guard.mayConnect(new URL(`https://${host}/`))]).toEqual([host, false]);
    for (const host of ['8.8.8.8', '[2606:4700::1111]', '172.32.0.1', '11.0.0.1'])
      expect([host, guard.mayConnect(new URL(`https://${host}/`))]).toEqual([host, true]);
  });

  it('on this machine goes to this machine alone', () => {
    expect(guard.mayConnect(new URL('http://127.0.0.1:9000/'))).toBe(true);
    expect(guard.mayConnect(new URL('https://127.0.0.1.example/'))).toBe(true);
  });

  it('is not led into the house by a name: what counts is its address when the connection is made', async () => {
    expect(await find('https://billing.example/', 'localhost')).toBe('ADDRESS_REFUSED');
    expect(await find('https://billing.example/', '127.0.0.1')).toBe('ADDRESS_REFUSED');
    expect(await find('https://billing.example/', '10.1.2.3', false)).toBe('ADDRESS_REFUSED');
    expect(await find('https://billing.example/', '8.8.8.8')).toEqual([{ address: '8.8.8.8', family: 4 }]);
    expect(await find('https://billing.example/', '8.8.8.8', false)).toEqual(['8.8.8.8']);
    expect(await find('http://localhost:9000/', 'localhost')).toContainEqual({ address: '127.0.0.1', family: 4 });
    expect(await find('http://localhost:9000/', '8.8.8.8')).toBe('ADDRESS_REFUSED');
  });
});
