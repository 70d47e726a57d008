import type { ConsentEnd, ConsentNotice, Instant } from '@medaccord/chaincode/model';
import type { Facts } from '../store';

interface Entry<K extends string> {
  readonly kind: K;
  readonly at: Instant;
  readonly transactionId: string;
  readonly block: number;
}

/** What staff did beside a card, as the patient sees it. */
export type AssistedEntry =
  | (Entry<'consent-notice'> & Pick<ConsentNotice, 'version' | 'channel' | 'by' | 'effectiveAt'>)
  | (Entry<'consent-end'> & Pick<ConsentEnd, 'version' | 'by'>);

export function readAssisted(facts: Pick<Facts, 'list'>, relationRef: string): readonly AssistedEntry[] {
  const notices = facts.list<ConsentNotice>('consent-notice', relationRef);
  const ends = facts.list<ConsentEnd>('consent-end', relationRef);
  return [
    ...notices.map(({ value: { version, channel, by, effectiveAt, at }, transactionId, block }): AssistedEntry => {
      return { kind: 'consent-notice', at, transactionId, block, version, channel, by, effectiveAt };
    }),
    ...ends.map(({ value: { version, by, at }, transactionId, block }): AssistedEntry => {
      return { kind: 'consent-end', at, transactionId, block, version, by };
    }),
  ];
}
