import {
  adjudicationKey,
  newError,
  parseAdjudicationEntry,
  parseSigned,
  paymentKey,
  paymentRef,
  RequestInvalid,
  settlementKey,
  settlementRef,
  type PaymentEntry,
  type SettledClaim,
  type SettlementDocument,
  type SettlementEntry,
  type TransactionRequest,
  type TransactionResponse,
  type TransientInput,
} from '../model';
import { parseDocument } from '../adjudication';
import type { Ledger } from '../ledger';
import {
  checkSettledClaim,
  clearPayment,
  notifyPayment,
  openPayment,
  openSettlement,
  proposeSettlement,
  settle,
  signSettlement,
} from '../settlement';
import { digestOf } from '../signature';
import { claimOf } from './claim-facts';
import { organisationOf, participantOf, relationOf } from './facts';
import { entryOf } from './attested';
import { paymentOf, settlementChainOf, settlementOf, writeOfBoth } from './settlement-facts';
import { adjudicationOf } from './standing-claim';

/**
 * The insurer proposes the next statement. Both parties' peers endorse: each opens every adjudication that the statement names, and gets its
 * own sealed copy of it in the same transaction.
 */
export async function proposeSettlementDesk(ledger: Ledger, request: TransactionRequest<'ProposeSettlement'>): Promise<SettlementEntry> {
  const input = ledger.input('ProposeSettlement');
  const signed = parseSigned('settlement', request.statement, 'request.statement');
  const { hospital, insurer, number, settlementId } = signed.payload;
  const chain = await settlementChainOf(ledger, { hospital, insurer, number });
  const { signing } = await organisationOf(ledger, insurer);
  const sealed = { hospital: digestOf(input.sealed.hospital), insurer: digestOf(input.sealed.insurer) };
  const entry = proposeSettlement(signed, chain, { key: signing, sealed }, { by: participantOf(ledger.caller), at: ledger.now });
  if (entry === chain.standing) return entry;
  await checkClaims(ledger, openSettlement(input.document, signed.payload), input);
  await writeOfBoth(ledger, settlementKey(hospital, insurer, number), entry);
  await ledger.seal(hospital, settlementRef(settlementId), input.sealed.hospital);
  await ledger.seal(insurer, settlementRef(settlementId), input.sealed.insurer);
  ledger.emit({ name: 'SettlementProposed', ids: { hospital, insurer, number } });
  return entry;
}

async function checkClaims(ledger: Ledger, document: SettlementDocument, { claims }: TransientInput<'ProposeSettlement'>): Promise<void> {
  if (claims.length !== document.claims.length) throw new RequestInvalid('input.claims', 'one for each claim of the statement');
  for (const [at, line] of document.claims.entries()) {
    const place = `input.claims[${String(at)}]`;
    const opened = claims[at];
    const claim = await claimOf(ledger, await relationOf(ledger, line.relationRef), line.claimId);
    checkSettledClaim(document, line, {
      claim,
      adjudication: await adjudicationOf(ledger, claim),
      history: await ledger.trace(adjudicationKey(line.relationRef, line.claimId), parseAdjudicationEntry),
      document: parseDocument(opened?.document ?? '', `${place}.document`),
      after: opened?.after === undefined ? undefined : parseDocument(opened.after, `${place}.after`),
    });
  }
}

/** The hospital signs what the insurer signed; from then on the adjudications are settled. */
export async function signSettlementDesk(ledger: Ledger, request: TransactionRequest<'SignSettlement'>): Promise<SettlementEntry> {
  const input = ledger.input('SignSettlement');
  const signed = parseSigned('settlement', request.statement, 'request.statement');
  const { hospital, insurer, number } = signed.payload;
  const standing = await settlementOf(ledger, { hospital, insurer, number });
  const { signing } = await organisationOf(ledger, hospital);
  const entry = signSettlement(signed, standing, signing, { by: participantOf(ledger.caller), at: ledger.now });
  if (entry === standing) return entry;
  for (const line of openSettlement(input.document, standing).claims) await settleClaim(ledger, line, number);
  await writeOfBoth(ledger, settlementKey(hospital, insurer, number), entry);
  ledger.emit({ name: 'SettlementSigned', ids: { hospital, insurer, number } });
  return entry;
}

async function settleClaim(ledger: Ledger, line: SettledClaim, number: number): Promise<void> {
  const claim = await claimOf(ledger, await relationOf(ledger, line.relationRef), line.claimId);
  const settled = settle(await adjudicationOf(ledger, claim), line, number);
  await ledger.write(adjudicationKey(line.relationRef, line.claimId), settled);
}

/** The insurer has paid what a statement says is due. */
export async function notifyPaymentDesk(ledger: Ledger, request: TransactionRequest<'NotifyPayment'>): Promise<PaymentEntry> {
  const input = ledger.input('NotifyPayment');
  const { hospital, insurer, number, document } = request;
  const settlement = await settlementOf(ledger, { hospital, insurer, number });
  const standing = await paymentOf(ledger, request);
  const entry = notifyPayment(request, { settlement, standing }, participantOf(ledger.caller), ledger.now);
  if (entry === standing) return entry;
  openPayment(input.document, document, settlement, openSettlement(input.settlement, settlement, 'input.settlement'));
  await writeOfBoth(ledger, paymentKey(hospital, insurer, number), entry);
  await ledger.seal(hospital, paymentRef(settlement.settlementId), input.sealed.hospital);
  await ledger.seal(insurer, paymentRef(settlement.settlementId), input.sealed.insurer);
  ledger.emit({ name: 'PaymentNotified', ids: { hospital, insurer, number } });
  return entry;
}

/** The hospital has the money. */
export async function clearPaymentDesk(ledger: Ledger, name: TransactionRequest<'ClearPayment'>): Promise<PaymentEntry> {
  const { hospital, insurer, number } = name;
  const standing = entryOf(await paymentOf(ledger, name));
  if (standing === undefined) throw newError('PAYMENT_NOT_FOUND', { n: number });
  const entry = clearPayment(standing, participantOf(ledger.caller), ledger.now);
  if (entry === standing) return entry;
  await writeOfBoth(ledger, paymentKey(hospital, insurer, number), entry);
  ledger.emit({ name: 'PaymentCleared', ids: { hospital, insurer, number } });
  return entry;
}

/** As both attest to it. */
export async function getSettlementDesk(
  ledger: Ledger,
  name: TransactionRequest<'GetSettlement'>,
): Promise<TransactionResponse<'GetSettlement'>> {
  return { settlement: await settlementOf(ledger, name), payment: entryOf(await paymentOf(ledger, name)) ?? null };
}
