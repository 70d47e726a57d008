import type { ClaimBody, ClaimEntry } from '@medaccord/chaincode/model';
import { openClaims } from '../claim-papers/open-claim';
import type { SealedReader } from '../sealed/sealed-reader';
import type { Facts, LocalKey, OpenedContent } from '../store';
import { nameService } from './name-service';

/** Claims opened at once. */
const batch = 100;

export interface IndexClaimsOptions {
  readonly facts: Facts;
  readonly sealed: Pick<SealedReader, 'read' | 'open'>;
  readonly key: Pick<LocalKey, 'mark'>;
  /** Told after each batch how many of those that were not opened have been looked at. */
  readonly onIndexed?: (done: number, of: number) => void;
}

/**
 * Opens the bodies of claims that this organisation got as an insurer, and keeps by what they are found: amount, currency and services. What has
 * not arrived, or is not what its hospital committed to, is left out. After a loss of the index this fills it again.
 */
export async function indexClaims({ facts, sealed, key, onIndexed }: IndexClaimsOptions): Promise<number> {
  const unopened = facts.claims.listUnopened();
  const claims = unopened.flatMap(({ relationRef, claimId }) => facts.find<ClaimEntry>('claim', relationRef, claimId)?.value ?? []);
  let count = 0;
  for (let start = 0; start < claims.length; start += batch) {
    const opened = await openClaims({ sealed }, claims.slice(start, start + batch));
    const contents = opened.flatMap((one) => (typeof one === 'object' ? [contentOf(one.body, key)] : []));
    facts.claims.open(contents);
    count += contents.length;
    onIndexed?.(Math.min(start + batch, claims.length), claims.length);
  }
  return count;
}

function contentOf({ relationRef, claimId, currency, lines }: ClaimBody, key: Pick<LocalKey, 'mark'>): OpenedContent {
  const services = lines.flatMap(({ service: { system, code } }) => [nameService(key, code), nameService(key, code, system)]);
  return { relationRef, claimId, amount: lines.reduce((sum, { charge }) => sum + charge, 0), currency, services: [...new Set(services)] };
}
