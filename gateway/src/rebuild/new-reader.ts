import type { Carrier } from '../ledger/carrier';
import { Courier } from '../ledger/courier';
import type { Ledger } from '../ledger/ledger';

/** A ledger that is only read: questions are asked again as a gateway asks them. */
export function newReader(carrier: Carrier): Pick<Ledger, 'evaluate' | 'followBlocks' | 'readHeight'> {
  const refuse = (): Promise<never> => Promise.reject(new Error('Nothing is submitted here'));
  const intents = { find: refuse, open: refuse, sentAgain: refuse, settle: refuse, hasOpen: refuse, listOpen: refuse };
  return new Courier({ carrier, intents, newestTime: () => 0, onAlarm: () => undefined });
}
