import { isIP } from 'node:net';
import type { RegistrationResponseJSON, AuthenticationResponseJSON } from '@simplewebauthn/server';
import { z } from 'zod';
import { newError, readCode } from '../problem';
import type { LocalKey, SignInTable } from '../store';
import type { Passkey } from './account';

/** What a browser answers, as its `PublicKeyCredential.toJSON()` writes it. */
export type PasskeyAnswer = RegistrationResponseJSON & AuthenticationResponseJSON;

export interface PasskeyOptions {
  /** The address of the gateway, `https://host`: passkeys are bound to it. */
  readonly origin: string;
  /** How people know the organisation. */
  readonly title: string;
  readonly signIns: SignInTable;
  readonly key: Pick<LocalKey, 'name'>;
}

const kind = 'Challenge';
/** How long a page can be answered, as long as a sign-in may last. */
const challengeSeconds = 900;
const timeoutMs = 300_000;
/** ES256, EdDSA, RS256 (COSE). */
const algorithms = [-7, -8, -257];

/**
 * Web Authentication (level 3, 7.1 and 7.2) as this gateway asks for it: challenges of its own making, each taken once, and what is answered to them.
 * The library is loaded when it is first needed: most people sign in without.
 */
export class PasskeyCeremony {
  readonly #options: PasskeyOptions;
  readonly #host: string;

  constructor(options: PasskeyOptions) {
    this.#options = options;
    this.#host = new URL(options.origin).hostname;
  }

  /** Passkeys belong to a name, never to a bare address. */
  get isOffered(): boolean {
    return isIP(this.#host.replaceAll(/[[\]]/g, '')) === 0;
  }

  /**
   * What a browser is asked for a new passkey of a person, as `parseCreationOptionsFromJSON` reads it. It must be one that the authenticator finds
   * by itself: so no page ever tells which passkeys a name has.
   */
  async askForNew(userName: string, passkeys: readonly Passkey[]): Promise<object> {
    const { generateRegistrationOptions } = await import('@simplewebauthn/server');
    const options = await generateRegistrationOptions({
      rpName: this.#options.title,
      rpID: this.#host,
      userName,
      userID: new Uint8Array(Buffer.from(this.#handleOf(userName), 'base64url')),
      timeout: timeoutMs,
      attestationType: 'none',
      excludeCredentials: passkeys.map(({ id }) => ({ id })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      supportedAlgorithmIDs: algorithms,
    });
    await this.#keep(options.challenge, this.#handleOf(userName));
    return options;
  }

  /** The new passkey in an answer to the person's own page. @throws CodedError SIGN_IN_REFUSED */
  async readNew(userName: string, answer: PasskeyAnswer): Promise<Pick<Passkey, 'id' | 'publicKey' | 'counter'>> {
    const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
    const { registrationInfo: info } = await orRefuse(() =>
      verifyRegistrationResponse({ ...this.#expect(answer, this.#handleOf(userName)), supportedAlgorithmIDs: algorithms }),
    );
    if (info === undefined) throw refused();
    const { id, publicKey, counter } = info.credential;
    return { id, publicKey: Buffer.from(publicKey).toString('base64url'), counter };
  }

  /** What a browser is asked for any passkey of this gateway, as `parseRequestOptionsFromJSON` reads it. @param place the page that may be answered */
  async ask(place: string): Promise<object> {
    const { generateAuthenticationOptions } = await import('@simplewebauthn/server');
    const options = await generateAuthenticationOptions({ rpID: this.#host, timeout: timeoutMs, userVerification: 'required' });
    await this.#keep(options.challenge, place);
    return options;
  }

  /** The counter that comes with an answer, which is of this passkey of this person. @throws CodedError SIGN_IN_REFUSED */
  async verify(answer: PasskeyAnswer, { place, userName, passkey }: Expected): Promise<number> {
    const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
    const { verified, authenticationInfo } = await orRefuse(() =>
      verifyAuthenticationResponse({
        ...this.#expect(answer, place),
        credential: { ...passkey, publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')) },
      }),
    );
    if (!verified || answer.response.userHandle !== this.#handleOf(userName)) throw refused();
    return authenticationInfo.newCounter;
  }

  #expect(answer: PasskeyAnswer, place: string): Expectations {
    return {
      requireUserVerification: true,
      response: answer,
      expectedOrigin: this.#options.origin,
      expectedRPID: this.#host,
      expectedChallenge: async (challenge: string) => (await this.#options.signIns.take(kind, challenge))?.['place'] === place,
    };
  }

  #keep(challenge: string, place: string): Promise<void> {
    return this.#options.signIns.save(kind, challenge, { place }, { seconds: challengeSeconds });
  }

  /** What authenticators know a person by: it tells nothing, and is the same for all of her passkeys. */
  #handleOf(userName: string): string {
    return this.#options.key.name('passkey', userName);
  }
}

/** Of the shape only so much is looked at as is read here; the rest is the library's. @throws CodedError SIGN_IN_REFUSED */
export function parsePasskeyAnswer(text: string): PasskeyAnswer {
  const parsed = passkeyAnswer.safeParse(parseJson(text));
  if (!parsed.success) throw refused();
  return parsed.data as unknown as PasskeyAnswer;
}

const passkeyAnswer = z.looseObject({ id: z.string().regex(/^[A-Za-z0-9_-]{1,1400}$/), response: z.looseObject({}) });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the library compares an answer with. */
interface Expectations {
  readonly response: PasskeyAnswer;
  readonly requireUserVerification: true;
  readonly expectedOrigin: string;
  readonly expectedRPID: string;
  /** Takes the challenge: none is answered twice. */
  readonly expectedChallenge: (challenge: string) => Promise<boolean>;
}

interface Expected {
  readonly place: string;
  readonly userName: string;
  readonly passkey: Pick<Passkey, 'id' | 'publicKey' | 'counter'>;
}

/** The library says what is wrong by errors of its own; a person is told only that it is. */
async function orRefuse<T>(verify: () => Promise<T>): Promise<T> {
  try {
    return await verify();
  } catch (cause) {
    throw readCode(cause) === undefined ? refused(cause) : cause;
  }
}

/** What is told whenever somebody does not get in. */
export function refused(cause?: unknown): Error {
  return newError('SIGN_IN_REFUSED', 'That did not fit together. Check what you entered, and try again', { cause });
}
