import type { LedgerEvent } from './ledger';

/** What was sealed and stored; each part is whatever the event says. */
export interface Stored {
  readonly kind?: unknown;
  readonly ref?: unknown;
  readonly id?: unknown;
}

/** What the event of a stored sealed value tells. It is a hint alone: whoever commits can put anything in an event. */
export function readStored(event: LedgerEvent | undefined): Stored {
  if (event?.name !== 'SealedStored') return {};
  try {
    const ids: unknown = JSON.parse(event.payload);
    return typeof ids === 'object' && ids !== null ? ids : {};
  } catch {
    return {};
  }
}
