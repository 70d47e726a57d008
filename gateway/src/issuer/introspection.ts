import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { TrustedIssuer } from '../config';
import { newError } from '../problem';
import type { IssuerDoor } from './issuer-door';

/** Answers that are remembered. */
const mostRemembered = 10_000;

interface Answer {
  readonly isInForce: Promise<boolean>;
  readonly until: number;
}

/** Asks an issuer whether its tokens are still in force (RFC 7662), so that whoever left is out within seconds. */
export class Introspection {
  readonly #door: IssuerDoor;
  readonly #access: NonNullable<TrustedIssuer['introspection']>;
  readonly #answers = new Map<string, Answer>();

  constructor(door: IssuerDoor, access: NonNullable<TrustedIssuer['introspection']>) {
    this.#door = door;
    this.#access = access;
  }

  /** @throws CodedError TOKEN_INVALID, ISSUER_UNAVAILABLE */
  async assertInForce(token: string): Promise<void> {
    if (!(await this.#read(token))) throw newError('TOKEN_INVALID', 'The bearer token is not in force; sign in again');
  }

  #read(token: string): Promise<boolean> {
    const name = createHash('sha256').update(token).digest('base64url');
    const kept = this.#answers.get(name);
    if (kept !== undefined && kept.until > Date.now()) return kept.isInForce;
    if (this.#answers.size >= mostRemembered) this.#answers.clear();
    const isInForce = this.#ask(token);
    this.#answers.set(name, { isInForce, until: Date.now() + this.#access.seconds * 1000 });
    isInForce.catch(() => this.#answers.delete(name));
    return isInForce;
  }

  async #ask(token: string): Promise<boolean> {
    const { introspection_endpoint: endpoint } = await this.#door.readMetadata();
    if (endpoint === undefined) throw newError('ISSUER_UNAVAILABLE', 'The issuer offers no introspection');
    const { clientId, secretFile } = this.#access;
    const secret = (await readFile(secretFile, 'utf8')).trim();
    // RFC 6749, 2.3.1: both are written as in a form.
    const credentials = [clientId, secret].map((part) => new URLSearchParams({ part }).toString().slice('part='.length)).join(':');
    const response = await this.#door.ask(endpoint, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
      body: new URLSearchParams({ token, token_type_hint: 'access_token' }),
    });
    return ((await response.json()) as { active?: unknown }).active === true;
  }
}
