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

function refuse(scope: string, { kind, scopes }: Client): string | undefined {
  const wanted = readScope(scope);
  if ('refusal' in wanted) return wanted.refusal;
  if ('word' in wanted) {
    const isOfPeople = (identityScopes as readonly string[]).includes(wanted.word);
    if (isOfPeople && kind === 'backend') return 'it is about a person, and nobody signs in here';
    return isOfPeople || scopes.includes(scope) ? undefined : 'this client is not registered for it';
  }
  if (wanted.resource.context !== (kind === 'app' ? 'user' : 'system'))
    return kind === 'app' ? 'applications that staff use ask for user/ scopes' : 'backend services ask for system/ scopes';
  const isCovered = scopes.some((one) => {
    const held = readScope(one);
    return 'resource' in held && coversScope(held.resource, wanted.resource);
  });
  return isCovered ? undefined : 'this client is not registered for it';
}
