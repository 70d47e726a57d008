import { fhirIdOf } from '../fhir-claims';
import { readClaimNames } from './claim-csv';

/** What a file tells of, and in whose relation. */
export interface Exported {
  readonly relationRef: string;
  readonly reference: string;
}

/** The claims in a file of an export, for the audit log. */
export function listExported(text: string): readonly Exported[] {
  if (!text.startsWith('{'))
    return readClaimNames(text).map(({ relationRef, claimId }) => ({ relationRef, reference: `Claim/${fhirIdOf(claimId)}` }));
  const { entry } = JSON.parse(text) as { readonly entry: readonly { readonly resource: Presented }[] };
  return entry.map(({ resource: { resourceType, id, patient } }) => ({
    relationRef: patient.identifier.value,
    reference: `${resourceType}/${id}`,
  }));
}

interface Presented {
  readonly resourceType: string;
  readonly id: string;
  readonly patient: { readonly identifier: { readonly value: string } };
}
