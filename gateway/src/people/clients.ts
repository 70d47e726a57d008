import { newError } from '../problem';
import type { PeopleTable } from '../store';
import type { AccountRole } from './account';

interface ClientBase {
  readonly clientId: string;
  readonly title: string;
  /** What it may ask for, as scopes of SMART App Launch. */
  readonly scopes: readonly string[];
  /** Its public keys, as a JWK set, or where it publishes them; neither: a public client. */
  readonly jwks: { readonly keys: readonly Readonly<Record<string, unknown>>[] } | null;
  readonly jwksUri: string | null;
}

/** An application that staff use: they sign in, it acts in their role. */
export interface AppClient extends ClientBase {
  readonly kind: 'app';
  readonly redirectUris: readonly string[];
}

/** A service that acts for itself (SMART Backend Services), in a role given here. */
export interface BackendClient extends ClientBase {
  readonly kind: 'backend';
  readonly role: AccountRole;
}

export type Client = AppClient | BackendClient;

/** The registered applications; registration is an operator's act. */
export class Clients {
  readonly #people: PeopleTable;

  constructor(people: PeopleTable) {
    this.#people = people;
  }

  async find(clientId: string): Promise<Client | undefined> {
    return (await this.#people.find('client', clientId)) as Client | undefined;
  }

  async list(): Promise<readonly Client[]> {
    return ((await this.#people.list('client')) as Client[]).toSorted((a, b) => (a.clientId < b.clientId ? -1 : 1));
  }

  /** @throws CodedError CLIENT_EXISTS */
  async add(client: Client): Promise<void> {
    const isNew = await this.#people.add('client', client.clientId, client);
    if (!isNew) throw newError('CLIENT_EXISTS', 'Remove it first, or choose another id');
  }

  /** Its tokens work no longer. @throws CodedError RESOURCE_NOT_FOUND */
  async remove(clientId: string): Promise<void> {
    const isGone = await this.#people.remove('client', clientId);
    if (!isGone) throw newError('RESOURCE_NOT_FOUND', 'There is no client of that id');
  }
}
