import type { LedgerEvent } from './ledger';

/** What was sealed and stored; each part is whatever the event says. */
export interface Stored {
  readonly kind?: unknown;
  readonly ref?: unknown;
  readonly id?: unknown;
}

/** What the event of stored sealed values tells. It is a hint alone: whoever commits can put anything in an event. */
export function readStored(event: LedgerEvent | undefined): readonly Stored[] {
  if (event?.name !== 'SealedStored') return [];
  try {
    const { keys } = (JSON.parse(event.payload) ?? {}) as { keys?: unknown };
    return Array.isArray(keys) ? keys.filter((key): key is Stored => typeof key === 'object' && key !== null) : [];
  } catch {
    return [];
  }
}

/** The relations, patients or records for which something sealed was stored, as the events tell. */
export function listStoredRefs(transactions: readonly { readonly event?: LedgerEvent | undefined }[]): ReadonlySet<unknown> {
  return new Set(transactions.flatMap(({ event }) => readStored(event).map(({ ref }) => ref)));
}
