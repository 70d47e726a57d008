import { decodeJwt } from 'jose';
import type { Staff } from '../auth';
import type { IssuersDocument } from '../config';
import type { SignInPlace } from '../sign-in';
import { ExternalIssuer } from './external-issuer';

/** The external issuers that the configuration names. */
export class ExternalIssuers {
  readonly #byAddress: ReadonlyMap<string, ExternalIssuer>;
  /** Where applications are sent to sign in, if not to this gateway. It throws CodedError ISSUER_UNAVAILABLE. */
  readonly findPrimaryPlace: (() => Promise<SignInPlace>) | undefined;

  constructor({ primary, issuers }: Pick<IssuersDocument, 'primary' | 'issuers'>) {
    this.#byAddress = new Map(issuers.map((trusted) => [trusted.issuer, new ExternalIssuer(trusted)]));
    const first = this.#byAddress.get(issuers.find(({ name }) => name === primary)?.issuer ?? '');
    this.findPrimaryPlace = first && (() => first.findPlace());
  }

  /**
   * Who holds a token that one of them gave; undefined when it names none of them.
   * @throws CodedError TOKEN_EXPIRED, TOKEN_INVALID, ISSUER_UNAVAILABLE
   */
  async verify(token: string): Promise<Staff | undefined> {
    return this.#byAddress.get(readIssuer(token) ?? '')?.verify(token);
  }
}

/** Whom a token names as its issuer, not proved. */
function readIssuer(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}
