import { createHash, randomBytes } from 'node:crypto';
import { TOTP, Secret } from 'otpauth';

/** What a person types who was invited. */
export interface TestPerson {
  readonly userName: string;
  readonly password: string;
  secret: string;
}

export interface Reached {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Where the last request went. */
  readonly url: URL;
}

/** A code of the authenticator. Each is taken once: `steps` later than now is a newer one, and one step is tolerated. */
export function codeOf({ secret }: TestPerson, steps = 0): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });
}

/** A browser without scripts: cookies, redirects and forms, at the address that everybody knows the gateway by. */
export class TestBrowser {
  readonly #cookies = new Map<string, string>();

  /** @param origin of the gateway; `url` where it really listens, which may become another gateway of the organisation */
  constructor(
    readonly origin: string,
    public url: string,
  ) {}

  /** Follows redirects until they leave the gateway. */
  async go(
    address: string | URL,
    form?: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reached> {
    const target = new URL(address, this.origin);
    if (target.origin !== this.origin) return { status: 302, headers: new Headers(), text: '', url: target };
    const response = await fetch(new URL(target.pathname + target.search, this.url), {
      redirect: 'manual',
      headers: { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '), ...headers },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    const next = response.headers.get('location');
    if (next !== null && response.status < 400) return this.go(new URL(next, target));
    return { status: response.status, headers: response.headers, text: await response.text(), url: target };
  }

  /** Fills in the form of a page; of several the one whose text holds `mark`. */
  submit(page: Reached, fields: Readonly<Record<string, string>>, mark = ''): Promise<Reached> {
    const form = [...page.text.matchAll(/<form .*?<\/form>/gs)].map(([text]) => text).find((text) => text.includes(mark)) ?? '';
    const action = /action="([^"]+)"/.exec(form)?.[1] ?? '';
    const hidden = [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]): [string, string] => [
      name ?? '',
      value ?? '',
    ]);
    return this.go(action, { ...Object.fromEntries(hidden), ...fields });
  }

  /** What the passkey button of a page asks the browser for. */
  askedBy(page: Reached): string {
    const asked = /data-options="([^"]+)"/.exec(page.text)?.[1] ?? '';
    return asked.replaceAll(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)));
  }

  /** Presses the passkey button: what an authenticator answers goes with the button's form. */
  submitPasskey(page: Reached, passkey: string, fields: Readonly<Record<string, string>> = {}): Promise<Reached> {
    return this.submit(page, { passkey, act: 'passkey', ...fields }, 'data-passkey');
  }

  /** Takes an invitation: reads the secret from the page, chooses a password. */
  async enrol(person: TestPerson, invitation: string): Promise<Reached> {
    const asked = await this.go('/oidc/invitation');
    const opened = await this.submit(asked, { userName: person.userName, invitation, act: 'open' });
    person.secret = /<code>([A-Z2-7]+)<\/code>/.exec(opened.text)?.[1] ?? '';
    return this.submit(opened, { ...person, code: person.secret === '' ? '' : codeOf(person, -1), act: 'enrol' });
  }

  signIn(page: Reached, person: TestPerson, steps = 0): Promise<Reached> {
    return this.submit(page, { userName: person.userName, password: person.password, code: codeOf(person, steps), act: 'submit' });
  }
}

/** An application as SMART App Launch describes it, with a verifier of its own for each launch. */
export class TestApplication {
  readonly verifier = randomBytes(32).toString('base64url');

  constructor(
    readonly clientId: string,
    readonly redirectUri: string,
    readonly scope: string,
  ) {}

  /** The address that the application sends the person to. */
  address(changed: Readonly<Record<string, string | undefined>> = {}): string {
    const parameters = {
      response_type: 'code',
      client_id: this.clientId,
      redirect_uri: this.redirectUri,
      scope: this.scope,
      state: 'state-1',
      aud: undefined,
      code_challenge: createHash('sha256').update(this.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...changed,
    };
    const given = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined);
    return `/oidc/authorize?${new URLSearchParams(given).toString()}`;
  }

  codeForm(code: string): Record<string, string> {
    return {
      grant_type: 'authorization_code',
      code,
      redirect_uri: this.redirectUri,
      client_id: this.clientId,
      code_verifier: this.verifier,
    };
  }
}
