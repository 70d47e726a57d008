import { coversScope, identityScopes, readScope, splitScopes } from '../auth';
import type { Client } from '../people';

/** A scope that is not given, and why; the reason may be shown. */
export interface RefusedScope {
  readonly scope: string;
  readonly reason: string;
}

/** The first of the scopes that a client does not get. */
export function findRefusedScope(scope: string | undefined, client: Client): RefusedScope | undefined {
  for (const one of splitScopes(scope)) {
    const reason = refuse(one, client);
    if (reason !== undefined) return { scope: one, reason };
  }
  return undefined;
}

function refuse(scope: string, client: Client): string | undefined {
  const wanted = readScope(scope);
  if ('refusal' in wanted) return wanted.refusal;
  if ('word' in wanted) return refuseWord(wanted.word, client);
  const { resource } = wanted;
  if (resource.context !== (client.kind === 'app' ? 'user' : 'system'))
    return client.kind === 'app' ? 'applications that staff use ask for user/ scopes' : 'backend services ask for system/ scopes';
  const isCovered = client.scopes.map(readScope).some((held) => 'resource' in held && coversScope(held.resource, resource));
  return isCovered ? undefined : notRegistered;
}

function refuseWord(word: string, { kind, scopes }: Client): string | undefined {
  const isOfPeople = (identityScopes as readonly string[]).includes(word);
  if (isOfPeople) return kind === 'backend' ? 'it is about a person, and nobody signs in here' : undefined;
  return scopes.includes(word) ? undefined : notRegistered;
}

const notRegistered = 'this client is not registered for it';
