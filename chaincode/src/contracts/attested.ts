import type { MspId, Parser } from '../model';
import type { Ledger } from '../ledger';
import type { Attested } from '../proof';

/** What stands under a key: it counts with the attestation of the author that it is asked for. */
export async function attestedOf<T>(
  ledger: Ledger,
  key: string,
  { parse, authorOf }: { readonly parse: Parser<T>; readonly authorOf: (entry: T) => MspId },
): Promise<Attested<T>> {
  const entry = await ledger.readOrJunk(key, parse);
  if (entry === undefined || entry === 'junk') return entry;
  return (await ledger.isAttested(authorOf(entry), key, entry)) ? entry : 'junk';
}

/** The entry, if there is one that counts. */
export function entryOf<T extends object>(standing: Attested<T>): T | undefined {
  return standing === 'junk' ? undefined : standing;
}
