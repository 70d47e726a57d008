import { readFileSync } from 'node:fs';
import type { CaNode } from '../../topology';
import { newSecret } from '../ca/secret-hash';
import { enroll, modifyIdentity, register, type CaEndpoint, type RegisterRequest } from '../client/ca-client';
import { CaRequestFailed } from '../client/ca-client-errors';
import type { Credentials } from '../pki/request-token';

/** Code of a Fabric CA for an id that is registered already. */
const ALREADY_REGISTERED = 74;

/** A CA and, as soon as somebody needs it, the registrar enrolled there. */
export interface RegistrarDesk {
  readonly endpoint: CaEndpoint;
  readonly registrar: () => Promise<Credentials>;
}

export function newRegistrarDesk({ name, registrar }: CaNode, url: string): RegistrarDesk {
  const endpoint = { url, name };
  let credentials: Promise<Credentials> | undefined;
  const signIn = (): Promise<Credentials> => enroll(endpoint, { id: registrar.id, secret: readFileSync(registrar.secretFile, 'utf8') });
  return { endpoint, registrar: () => (credentials ??= signIn()) };
}

/**
 * Sees to it that an identity can be enrolled, and returns the secret for that. Nobody keeps the secret of a node: it is used at once, and
 * replaced where the identity exists from an earlier start.
 */
export async function ensureRegistered({ endpoint, registrar }: RegistrarDesk, request: RegisterRequest): Promise<string> {
  try {
    return await register(endpoint, await registrar(), request);
  } catch (error) {
    if (!(error instanceof CaRequestFailed) || error.caCode !== ALREADY_REGISTERED) {
      throw error;
    }
    const secret = newSecret();
    await modifyIdentity(endpoint, await registrar(), { id: request.id, secret });
    return secret;
  }
}
