import { parseSigned, type Signed } from '../signed';
import type { SignedKind } from '../signed-payload';

/** A compact JWS of one kind taken apart, its signature unverified; nothing when it is none. */
export function readSigned<K extends SignedKind>(kind: K, jws: string): Signed<K> | undefined {
  try {
    return parseSigned(kind, jws, kind);
  } catch {
    return undefined;
  }
}
