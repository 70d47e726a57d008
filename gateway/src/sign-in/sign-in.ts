import type { IncomingMessage } from 'node:http';
import type { Provider } from 'oidc-provider';
import { splitScopes, type Staff } from '../auth';
import type { Accounts, Clients } from '../people';
import { readCode } from '../problem';
import type { LocalKey, PeopleTable, SignInTable } from '../store';
import { interactionPath, invitationPath, ownPath, scriptPath } from './endpoints';
import { newSignedInFinder } from './find-signed-in';
import { describeRefusal, isPasskey, readLogin, readOwnForm, send, type SignInRequest } from './form';
import { takeInvitation } from './invitation';
import { describeScope, newProvider } from './new-provider';
import { showOwnPage } from './own-page';
import { renderConsent, renderFailure, renderLogin, type FormKeys, type Page } from './pages';
import { passkeyScript } from './passkey-script';
import { newEmbeddedPlace, type SignInPlace } from './sign-in-place';
import type { SignInWitness } from './sign-in-witness';

export interface SignInOptions {
  /** The address of the gateway, which is the issuer: `https://host`. */
  readonly origin: string;
  /** How people know the organisation: stands in their authenticator. */
  readonly title: string;
  readonly accounts: Accounts;
  readonly clients: Clients;
  readonly signIns: SignInTable;
  readonly people: PeopleTable;
  readonly key: LocalKey;
  readonly witness: SignInWitness;
}

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** Signing in at this gateway: the embedded OpenID provider with the pages on which people show who they are. */
export class SignIn {
  readonly #options: SignInOptions;
  #provider: Promise<Provider> | undefined;
  /** Who holds one of its access tokens. @throws CodedError TOKEN_INVALID */
  readonly findSignedIn: (token: string) => Promise<Staff>;

  constructor(options: SignInOptions) {
    this.#options = options;
    this.findSignedIn = newSignedInFinder({ ...options, audience: `${options.origin}/fhir` });
  }

  findPlace(): Promise<SignInPlace> {
    return Promise.resolve(newEmbeddedPlace(this.#options.origin));
  }

  /** @throws CodedError AUDIT_UNAVAILABLE, STORE_UNAVAILABLE, REQUEST_INVALID and what `readForm` throws */
  async handle(http: SignInRequest): Promise<void> {
    const { witness } = this.#options;
    if (http.request.method === 'POST') witness.assertReady();
    await witness.during(http, () => this.#answer(http));
  }

  async #answer(http: SignInRequest): Promise<void> {
    const { request, response, path } = http;
    this.#nameOrigin(request);
    if (path.startsWith(`${interactionPath}/`)) return this.#interact(http);
    if (path === invitationPath) return takeInvitation(this.#options, http);
    if (path === ownPath) return showOwnPage(this.#options, http);
    if (path === scriptPath && request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-cache' }).end(passkeyScript);
      return;
    }
    if (request.method === 'GET') askForConsent(request);
    const provider = await this.#open();
    await provider.callback()(request, response);
  }

  #open(): Promise<Provider> {
    const { origin } = this.#options;
    this.#provider ??= newProvider({ ...this.#options, issuer: origin, audience: `${origin}/fhir` }).catch((error: unknown) => {
      this.#provider = undefined;
      throw error;
    });
    return this.#provider;
  }

  /** The provider writes addresses by these headers: they are the configured ones, not what a caller likes to say. */
  #nameOrigin({ headers }: IncomingMessage): void {
    const { host, protocol } = new URL(this.#options.origin);
    headers.host = host;
    headers['x-forwarded-proto'] = protocol.replace(':', '');
    delete headers['x-forwarded-host'];
  }

  async #interact(http: SignInRequest): Promise<void> {
    const provider = await this.#open();
    const { request, response } = http;
    const interaction = await provider.interactionDetails(request, response).catch(passNone);
    if (interaction === undefined) {
      send(response, 400, renderFailure('interaction_unknown', 'This page is no longer valid: go back to the application.'));
      return;
    }
    const form = this.#newForm(interaction);
    if (request.method !== 'POST') {
      send(response, 200, await this.#render(provider, interaction, form));
      return;
    }
    const fields = await readOwnForm(http, form);
    if (interaction.prompt.name === 'login') return this.#login(provider, { http, interaction, form, fields });
    await finishConsent(provider, { http, interaction, isAllowed: fields.get('act') === 'allow' });
  }

  async #login(provider: Provider, { http, interaction, form, fields }: Step): Promise<void> {
    const { request, response, address } = http;
    try {
      const account = await readLogin(this.#options.accounts, fields, { place: interaction.jti, address });
      const login = { accountId: account.userName, amr: isPasskey(fields) ? ['pop', 'user'] : ['pwd', 'otp'], remember: false };
      await provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
    } catch (error) {
      const { status, message } = describeRefusal(error, response);
      send(response, status, await this.#render(provider, interaction, form, message));
    }
  }

  async #render(provider: Provider, { prompt, params, jti }: Interaction, form: FormKeys, failure?: string): Promise<Page> {
    const client = await provider.Client.find(String(params['client_id']));
    const title = client?.clientName ?? String(params['client_id']);
    const { accounts } = this.#options;
    if (prompt.name === 'login') return renderLogin(title, { ...form, passkey: await accounts.askForPasskey(jti) }, failure);
    return renderConsent(title, splitScopes(params['scope'] as string | undefined).map(describeScope), form);
  }

  #newForm({ uid, jti, params }: Interaction): FormKeys {
    const csrf = this.#options.key.name('csrf', jti);
    const next = URL.parse(String(params['redirect_uri']));
    const target = next === null ? undefined : next.origin === 'null' ? next.protocol : next.origin;
    return { action: `${interactionPath}/${uid}`, csrf, next: target, origin: this.#options.origin };
  }
}

/** The provider does not know it, which is nothing wrong here; other troubles are. */
function passNone(error: unknown): undefined {
  if (readCode(error) !== undefined) throw error;
}

interface Step {
  readonly http: SignInRequest;
  readonly interaction: Interaction;
  readonly form: FormKeys;
  readonly fields: URLSearchParams;
}

async function finishConsent(
  provider: Provider,
  { http, interaction, isAllowed }: Pick<Step, 'http' | 'interaction'> & { readonly isAllowed: boolean },
): Promise<void> {
  const { request, response } = http;
  const { session, params, grantId, prompt } = interaction;
  if (!isAllowed || session === undefined || prompt.name !== 'consent') {
    const refusal = { error: 'access_denied', error_description: 'The person refused' };
    await provider.interactionFinished(request, response, refusal, { mergeWithLastSubmission: false });
    return;
  }
  const before = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const grant = before ?? new provider.Grant({ accountId: session.accountId, clientId: String(params['client_id']) });
  const scope = (params['scope'] ?? '') as string;
  grant.addOIDCScope(scope);
  for (const resource of [params['resource']].flat()) if (typeof resource === 'string') grant.addResourceScope(resource, scope);
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
}

/** OpenID Connect (core, 11) gives offline access only where the person is asked; SMART applications count on being asked without saying so. */
function askForConsent(request: IncomingMessage): void {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const parameters = new URLSearchParams(query);
  if (!splitScopes(parameters.get('scope') ?? '').includes('offline_access') || parameters.has('prompt')) return;
  parameters.set('prompt', 'consent');
  request.url = `${path}?${parameters.toString()}`;
}
