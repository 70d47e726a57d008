import { parseJwk, type Jwk } from '@medaccord/chaincode/model';
import { usage } from './command';

/** A guardian's public key on one line, as it is handed to the patient. */
export function formatGuardianKey({ x, y }: Jwk): string {
  return `${x}.${y}`;
}

/** @throws {CliError} USAGE */
export function parseGuardianKey(text: string): Jwk {
  const [x, y, ...more] = text.split('.');
  try {
    if (more.length > 0) throw new TypeError('more than two parts');
    return parseJwk({ kty: 'EC', crv: 'P-256', x, y }, 'guardian');
  } catch {
    throw usage('--guardian must be a key as `guardian key` prints it.');
  }
}
