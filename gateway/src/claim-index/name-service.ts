import type { LocalKey } from '../store';

const purpose = 'claim-service';

/** Under what a service is found in the index of claims, by its code alone or with its system: a keyed hash, that the store tells nobody. */
export function nameService(key: Pick<LocalKey, 'mark'>, code: string, system?: string): string {
  return Buffer.from(key.mark(purpose, JSON.stringify(system === undefined ? [code] : [system, code]))).toString('base64url');
}
