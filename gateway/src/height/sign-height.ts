import { signJws, type SigningKey } from '../crypto';
import type { Facts } from '../store';

export interface HeightSignerOptions {
  readonly mspId: string;
  readonly channel: string;
  readonly signing: SigningKey;
  readonly facts: Pick<Facts, 'height'>;
}

/** Says to whoever asks, under the organisation's signature, how many blocks this gateway's read model holds. */
export type HeightSigner = (nonce: string) => Promise<string>;

export function newHeightSigner({ mspId, channel, signing, facts }: HeightSignerOptions): HeightSigner {
  return (nonce) => signJws('height', { mspId: mspId as never, channel, nonce, height: facts.height }, signing);
}
