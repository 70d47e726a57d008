import type { ClaimBody, ClaimEntry } from '@medaccord/chaincode/model';
import type { JsonObject } from '../fhir';
import { concept, moneyOf, patientOf } from './elements';
import { systems } from './systems';

/** What the payer before paid for each line that says so, as the contained ClaimResponse `#prior`; undefined where none does. */
export function formatPriorPayments(
  { lines, currency, type, use, relationRef }: ClaimBody,
  { submittedAt }: ClaimEntry,
): JsonObject | undefined {
  const items = lines.flatMap(({ sequence, priorPaid }) =>
    priorPaid === undefined
      ? []
      : [
          {
            itemSequence: sequence,
            adjudication: [{ category: concept({ system: systems.adjudication, code: 'benefit' }), amount: moneyOf(priorPaid, currency) }],
          },
        ],
  );
  if (items.length === 0) return undefined;
  return {
    resourceType: 'ClaimResponse',
    id: 'prior',
    status: 'active',
    type: concept({ system: systems.claimType, code: type }),
    use,
    patient: patientOf(relationRef),
    created: submittedAt,
    insurer: { display: 'The payer before' },
    outcome: 'complete',
    item: items,
  };
}
