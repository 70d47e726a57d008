// The library resolves its parts through decorators, so the polyfill has to be there before it.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto);

export { x509 };

/** The only kind of key that is made or certified here: what Fabric's own tools make by default, and what fits every HSM. */
export const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;

export const SIGNING_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' } as const;
