import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

const SALT_BYTES = 16;
const KEY_BYTES = 32;
const BLOCK_SIZE = 8;
const GENERATED_BYTES = 24;

/** A secret somebody chose is stretched; one of 192 random bits needs only be hidden. */
const COST = { chosen: 2 ** 14, generated: 2 ** 10 } as const;

/** Makes a secret nobody can guess. */
export function newSecret(): string {
  return randomBytes(GENERATED_BYTES).toString('base64url');
}

/** Hashes a secret for storage: `scrypt:<cost>:<salt>:<hash>`, the latter two in base64. */
export async function hashSecret(secret: string, origin: keyof typeof COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(secret, salt, COST[origin]);
  return ['scrypt', String(COST[origin]), salt.toString('base64'), key.toString('base64')].join(':');
}

/** Tells whether the secret is the one that was hashed, in the same time either way. */
export async function isSecret(secret: string, hash: string): Promise<boolean> {
  const [, cost = '', salt = '', key = ''] = hash.split(':');
  const expected = Buffer.from(key, 'base64');
  const actual = await derive(secret, Buffer.from(salt, 'base64'), Number(cost));
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

function derive(secret: string, salt: Buffer, cost: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, KEY_BYTES, { N: cost, r: BLOCK_SIZE, p: 1 }, (error, key) => {
      if (error) {
        reject(error);
      } else {
        resolve(key);
      }
    });
  });
}
