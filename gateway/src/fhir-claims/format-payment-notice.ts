import type { JsonObject } from '../fhir';
import { concept, fhirIdOf, memberOf, moneyOf } from './elements';
import { formatPaidHead, paidIdOf, type PaidStatement } from './paid-statement';
import { systems } from './systems';

/** The insurer's word that it paid a statement, and the hospital's that the money came, as a FHIR R4 PaymentNotice. */
export function formatPaymentNotice(paid: PaidStatement): JsonObject {
  const { hospital, status } = paid.payment;
  return {
    resourceType: 'PaymentNotice',
    ...formatPaidHead(paid),
    payment: { reference: `PaymentReconciliation/${fhirIdOf(paidIdOf(paid))}` },
    paymentDate: paid.paid.paidOn,
    payee: memberOf(hospital),
    recipient: memberOf(hospital),
    amount: moneyOf(paid.paid.amounts[paid.currency] ?? 0, paid.currency),
    paymentStatus: concept({ system: systems.paymentStatus, code: status }),
  };
}
