import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { newError } from '../problem';

/** What a guess costs. */
export interface HashCost {
  readonly memoryKiB: number;
  readonly passes: number;
}

/** OWASP Password Storage Cheat Sheet, Argon2id: 19 MiB, two passes, one lane. */
export const leastHashCost: HashCost = { memoryKiB: 19_456, passes: 2 };

const tagBytes = 32;
const saltBytes = 16;
/** Each hash holds its memory while it runs; more than a few wait, and more than that are sent away. */
const mostRunning = 2;
const mostWaiting = 32;
const form = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** Makes and checks password hashes (RFC 9106, PHC string form), a bounded number at a time. */
export class PasswordHasher {
  readonly #cost: HashCost;
  readonly #decoy: string;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(cost: HashCost) {
    this.#cost = cost;
    this.#decoy = formatHash(cost, randomBytes(saltBytes), randomBytes(tagBytes));
  }

  async hash(password: string): Promise<string> {
    const salt = randomBytes(saltBytes);
    return formatHash(this.#cost, salt, await this.#derive(password, salt, this.#cost));
  }

  /** Takes as long without a hash to compare with: who has none cannot be told. */
  async verify(password: string, hash: string | null | undefined): Promise<boolean> {
    const [, memory, passes, salt = '', tag = ''] = form.exec(hash ?? this.#decoy) ?? [];
    const cost = { memoryKiB: Number(memory), passes: Number(passes) };
    const found = await this.#derive(password, Buffer.from(salt, 'base64'), cost);
    const isEqual = timingSafeEqual(found, Buffer.from(tag, 'base64'));
    return isEqual && typeof hash === 'string';
  }

  /** Whether a hash was made at a lower cost than is asked for now. */
  isWeak(hash: string): boolean {
    const [, memory = '0', passes = '0'] = form.exec(hash) ?? [];
    return Number(memory) < this.#cost.memoryKiB || Number(passes) < this.#cost.passes;
  }

  async #derive(password: string, nonce: Buffer, { memoryKiB, passes }: HashCost): Promise<Buffer> {
    await this.#enter();
    try {
      return await new Promise<Buffer>((resolve, reject) => {
        const message = Buffer.from(password.normalize('NFKC'), 'utf8');
        argon2('argon2id', { message, nonce, memory: memoryKiB, passes, parallelism: 1, tagLength: tagBytes }, (error, tag) => {
          if (error === null) resolve(tag);
          else reject(error);
        });
      });
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running >= mostRunning) {
      if (this.#waiting.length >= mostWaiting) throw newError('SIGN_IN_PAUSED', 'Too many people are signing in at once; try again');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running += 1;
  }
}

function formatHash({ memoryKiB, passes }: HashCost, salt: Buffer, tag: Buffer): string {
  const text = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
  return `$argon2id$v=19$m=${String(memoryKiB)},t=${String(passes)},p=1$${text(salt)}$${text(tag)}`;
}
