import {
  newError,
  parsePaymentEntry,
  parseSettlementEntry,
  paymentKey,
  settlementKey,
  type MspId,
  type Parser,
  type PaymentEntry,
  type SettlementEntry,
  type TransactionRequest,
} from '../model';
import { all, type Ledger } from '../ledger';
import type { Attested } from '../proof';
import type { SettlementChain } from '../settlement';
import { entryOf } from './attested';

type Name = TransactionRequest<'GetSettlement'>;
type Parties = Readonly<Record<'hospital' | 'insurer', MspId>>;

/** A statement of hospital and insurer, attested by both. @throws SETTLEMENT_NOT_FOUND */
export async function settlementOf(ledger: Ledger, name: Name): Promise<SettlementEntry> {
  const settlement = entryOf(await findSettlement(ledger, name));
  if (settlement === undefined) throw newError('SETTLEMENT_NOT_FOUND', { n: name.number });
  return settlement;
}

/** The statement of a number, and the newest before it that counts. */
export async function settlementChainOf(ledger: Ledger, name: Name): Promise<SettlementChain> {
  const standing = await findSettlement(ledger, name);
  for (let number = name.number - 1; number > 0; number -= 1) {
    const before = await findSettlement(ledger, { ...name, number });
    if (before === undefined) return { standing, before: undefined, isContinued: false };
    if (before !== 'junk') return { standing, before, isContinued: true };
  }
  return { standing, before: undefined, isContinued: true };
}

/** The payment of a statement, attested by both. */
export function paymentOf(ledger: Ledger, name: Name): Promise<Attested<PaymentEntry>> {
  return attestedByBoth(ledger, { ...name, key: paymentKey(name.hospital, name.insurer, name.number) }, parsePaymentEntry);
}

function findSettlement(ledger: Ledger, name: Name): Promise<Attested<SettlementEntry>> {
  return attestedByBoth(ledger, { ...name, key: settlementKey(name.hospital, name.insurer, name.number) }, parseSettlementEntry);
}

async function attestedByBoth<T extends object>(
  ledger: Ledger,
  { hospital, insurer, key }: Parties & { readonly key: string },
  parse: Parser<T>,
): Promise<Attested<T>> {
  const entry = await ledger.readOrJunk(key, parse);
  if (entry === undefined || entry === 'junk') return entry;
  const isOfBoth = (await ledger.isAttested(hospital, key, entry)) && (await ledger.isAttested(insurer, key, entry));
  return isOfBoth ? entry : 'junk';
}

/** Writes an entry that both attest to; from then on neither changes it without the other. */
export async function writeOfBoth(ledger: Ledger, key: string, entry: SettlementEntry | PaymentEntry): Promise<void> {
  const { hospital, insurer } = entry;
  await ledger.write(key, entry);
  await ledger.attest(hospital, key, entry);
  await ledger.attest(insurer, key, entry);
  await ledger.protect(key, all([hospital, insurer]));
}
