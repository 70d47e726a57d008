import { join } from 'node:path';
import {
  generateSealingKey,
  generateSigningKey,
  importSealingKey,
  importSigningKey,
  type PrivateJwk,
  type SealingKey,
  type SealingPublicKey,
  type SigningKey,
  type StoredSealingKey,
} from '../crypto';
import { loadOrCreatePrivateFile } from '../store/private-file';

/** The organisation's private keys, opened at start. Another key provider (an HSM, a KMS) gives the same. */
export interface OrganisationKeys {
  /** Opens what others seal to the organisation. */
  readonly sealing: SealingKey;
  readonly signing: SigningKey;
  /** Signs the bearer tokens of staff. */
  readonly token: PrivateJwk;
  readonly publicSealing: SealingPublicKey;
}

const TOKEN_KEY = 'token.json';

/** Where the key that signs staff tokens lies, in a folder of keys. */
export function tokenKeyPath(keys: string): string {
  return join(keys, TOKEN_KEY);
}

/** Keys in files of mode 0600 in a folder that the gateways of an organisation share; made at the first start. */
export async function loadOrganisationKeys(folder: string): Promise<OrganisationKeys> {
  const fresh = { sealing: await generateSealingKey(), signing: await generateSigningKey(), token: await generateSigningKey() };
  const sealing = await importSealingKey(load<StoredSealingKey>(join(folder, 'sealing.json'), fresh.sealing));
  return {
    sealing,
    signing: await importSigningKey(load<PrivateJwk>(join(folder, 'signing.json'), fresh.signing)),
    token: load<PrivateJwk>(join(folder, TOKEN_KEY), fresh.token),
    publicSealing: { suite: sealing.suite, publicKey: sealing.publicKey },
  };
}

function load<T>(path: string, fresh: T): T {
  return JSON.parse(loadOrCreatePrivateFile(path, () => `${JSON.stringify(fresh)}\n`)) as T;
}
