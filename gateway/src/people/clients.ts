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

  find(clientId: string): Client | undefined {
    return this.#people.find('client', clientId) as Client | undefined;
  }

  list(): readonly Client[] {
    return (this.#people.list('client') as Client[]).toSorted((a, b) => (a.clientId < b.clientId ? -1 : 1));
  }

  /** @throws CodedError CLIENT_EXISTS */
  add(client: Client): Promise<void> {
    if (this.find(client.clientId) !== undefined) throw newError('CLIENT_EXISTS', 'Remove it first, or choose another id');
    return this.#people.save('client', client.clientId, client);
  }

  /** Its tokens work no longer. @throws CodedError RESOURCE_NOT_FOUND */
  remove(clientId: string): Promise<void> {
    if (this.find(clientId) === undefined) throw newError('RESOURCE_NOT_FOUND', 'There is no client of that id');
    return this.#people.remove('client', clientId);
  }
}
