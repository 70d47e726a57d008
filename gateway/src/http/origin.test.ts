import type { AddressInfo } from 'node:net';
import express from 'express';
import { listen } from './listen';
import { readOrigin } from './origin';

/** Where an app says that it is, asked with these headers, when it trusts these proxies. */
async function originOf(proxies: readonly string[], headers: Record<string, string>): Promise<string> {
  const app = express();
  app.set('trust proxy', proxies);
  app.get('/', (request, answer) => {
    answer.send(readOrigin(request));
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  try {
    const { port } = server.address() as AddressInfo;
    return (await (await fetch(`http://127.0.0.1:${String(port)}/`, { headers })).text()).replace(String(port), 'PORT');
  } finally {
    server.close();
  }
}

describe('readOrigin', () => {
  const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'fhir.hospital.example' };

  it('believes a proxy that is configured', async () => {
    expect(await originOf(['127.0.0.0/8'], forwarded)).toBe('https://fhir.hospital.example');
  });

  it('believes nobody else', async () => {
    expect(await originOf([], forwarded)).toBe('http://127.0.0.1:PORT');
    expect(await originOf(['10.0.0.0/8'], forwarded)).toBe('http://127.0.0.1:PORT');
  });

  it('takes no text that is not a host', async () => {
    expect(await originOf(['127.0.0.1'], { ...forwarded, 'x-forwarded-host': 'a/b' })).toBe('https://localhost');
    expect(await originOf(['127.0.0.1'], { 'x-forwarded-proto': 'javascript' })).toBe('http://127.0.0.1:PORT');
  });
});
