import type { PaymentDocument, PaymentEntry, SettlementDocument, SettlementEntry } from '@medaccord/chaincode/model';
import type { JsonObject } from '../fhir';
import { fhirIdOf } from './elements';
import { names } from './systems';

/** A statement that the insurer paid, in one of its currencies: FHIR knows one for each payment. */
export interface PaidStatement {
  readonly settlement: SettlementEntry;
  readonly document: SettlementDocument;
  readonly payment: PaymentEntry;
  readonly paid: PaymentDocument;
  readonly currency: string;
  /** At the hospital, where something came: what came less what is due, in minor units. */
  readonly difference?: number | undefined;
}

/** As an id of the ledger. */
export function paidIdOf({ settlement, currency }: Pick<PaidStatement, 'settlement' | 'currency'>): string {
  return `${settlement.settlementId}-${currency}`;
}

/** A statement as `identifier` has it. */
export function statementNameOf({ hospital, insurer, number }: PaymentEntry): string {
  return `${hospital}/${insurer}/${String(number)}`;
}

/** What PaymentNotice and PaymentReconciliation begin with. */
export function formatPaidHead(paid: PaidStatement): JsonObject {
  const { clearedAt, paidAt } = paid.payment;
  return {
    id: fhirIdOf(paidIdOf(paid)),
    meta: { lastUpdated: clearedAt ?? paidAt },
    identifier: [{ system: names.settlement, value: statementNameOf(paid.payment) }],
    status: 'active',
    created: paidAt,
  };
}
