import type { LedgerEvent } from '../ledger/ledger';

/** The relation that something sealed was stored for. An event is a hint alone: whoever commits can put anything in one. */
export function storedRefOf(event: LedgerEvent | undefined): unknown {
  if (event?.name !== 'SealedStored') return undefined;
  try {
    const ids: unknown = JSON.parse(event.payload);
    return typeof ids === 'object' && ids !== null && 'ref' in ids ? ids.ref : undefined;
  } catch {
    return undefined;
  }
}
