import {
  parseJson,
  parsePaymentDocument,
  parseSettlementDocument,
  paymentPreimage,
  paymentRef,
  settlementPreimage,
  settlementRef,
  type PaymentDocument,
  type PaymentEntry,
  type SettlementDocument,
  type SettlementEntry,
} from '@medaccord/chaincode/model';
import { assertOpens } from '../crypto';
import type { Transactions } from '../ledger/transactions';
import { newError, readCode } from '../problem';
import type { SettlementName, SettlementOptions } from './settlement-options';

type Options = Pick<SettlementOptions, 'sealed'> & { readonly transactions: Pick<Transactions, 'evaluate'> };
type Opening = Pick<SettlementOptions, 'sealed'>;

/** A statement with its payment, as both parties attest to them. */
export interface Standing {
  readonly settlement: SettlementEntry;
  readonly payment: PaymentEntry | null;
}

/** @throws CodedError SETTLEMENT_NOT_FOUND of the ledger */
export function readStanding({ transactions }: Options, { hospital, insurer, number }: SettlementName): Promise<Standing> {
  return transactions.evaluate('GetSettlement', { hospital, insurer, number });
}

/** Nothing for a number under which others wrote something: it does not count. */
export async function findStanding(options: Options, name: SettlementName): Promise<Standing | undefined> {
  try {
    return await readStanding(options, name);
  } catch (error) {
    if (readCode(error) === 'SETTLEMENT_NOT_FOUND') return undefined;
    throw error;
  }
}

/** The document of a statement from the own collection. @throws CommitmentMismatch, DecryptFailed; CodedError CONTENT_NOT_ANCHORED */
export async function openStatement({ sealed }: Opening, { settlementId, document }: SettlementEntry): Promise<SettlementDocument> {
  const statement = parseJson(parseSettlementDocument, textOf(await sealed.openText(settlementRef(settlementId))), 'statement');
  await assertOpens(document, settlementPreimage(statement));
  return statement;
}

/** The document of a statement's payment from the own collection. @throws CommitmentMismatch, DecryptFailed; CodedError CONTENT_NOT_ANCHORED */
export async function openPayment(
  { sealed }: Opening,
  { settlementId }: SettlementEntry,
  { document }: PaymentEntry,
): Promise<PaymentDocument> {
  const payment = parseJson(parsePaymentDocument, textOf(await sealed.openText(paymentRef(settlementId))), 'payment');
  await assertOpens(document, paymentPreimage(payment));
  return payment;
}

function textOf(text: string | undefined): string {
  if (text === undefined) throw newError('CONTENT_NOT_ANCHORED', 'The document of a statement is not here');
  return text;
}
