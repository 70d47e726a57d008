import type { SettledClaim } from '@medaccord/chaincode/model';
import { formatMoney } from '../claims';
import type { JsonObject } from '../fhir';
import { concept, fhirIdOf, memberOf, moneyOf } from './elements';
import { formatPaidHead, type PaidStatement } from './paid-statement';
import { names, systems } from './systems';

/** A statement with its payment as a FHIR R4 PaymentReconciliation: what of the amount is for which claim. */
export function formatPaymentReconciliation(paid: PaidStatement): JsonObject {
  const { payment, currency, difference = 0, document } = paid;
  const { hospital, insurer } = payment;
  return {
    resourceType: 'PaymentReconciliation',
    ...formatPaidHead(paid),
    paymentIssuer: memberOf(insurer),
    requestor: memberOf(hospital),
    outcome: outcomeOf(paid),
    paymentDate: paid.paid.paidOn,
    paymentAmount: moneyOf(paid.paid.amounts[currency] ?? 0, currency),
    paymentIdentifier: { value: paid.paid.reference },
    detail: document.claims.filter((line) => line.currency === currency).map((line) => formatLine(line, hospital)),
    ...(difference !== 0 && { processNote: [{ type: 'display', text: describe(difference, currency) }] }),
  };
}

/** Open until the hospital has the money; wrong where something else came than was due. */
export function outcomeOf({ payment, difference = 0 }: Pick<PaidStatement, 'payment' | 'difference'>): 'error' | 'complete' | 'queued' {
  if (difference !== 0) return 'error';
  return payment.status === 'cleared' ? 'complete' : 'queued';
}

function formatLine({ claimId, n, after, currency, benefit }: SettledClaim, hospital: string): JsonObject {
  const adjudication = (number: number): JsonObject => ({ system: names.adjudication, value: `${claimId}.${String(number)}` });
  return {
    identifier: adjudication(n),
    ...(after !== null && { predecessor: adjudication(after) }),
    type: concept({ system: systems.paymentItem, code: after === null ? 'payment' : 'adjustment' }),
    request: { reference: `Claim/${fhirIdOf(claimId)}` },
    submitter: memberOf(hospital),
    response: { reference: `ClaimResponse/${fhirIdOf(claimId)}` },
    payee: memberOf(hospital),
    amount: moneyOf(benefit, currency),
  };
}

function describe(difference: number, currency: string): string {
  return `${formatMoney(Math.abs(difference), currency)} ${currency} ${difference < 0 ? 'less' : 'more'} came than is due`;
}
