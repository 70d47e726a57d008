import type { RecordId } from '../identifiers';
import type { BenefitPlan } from './benefit-plan';
import { billedClaimOf, type ClaimBody } from './claim-body';
import { evidenceNeeded } from './evidence-needed';

/** A record that a line names, and the FHIR types of which the plan asks for one on that line. */
export interface NeededRecord {
  readonly recordId: RecordId;
  readonly version: number;
  readonly recordTypes: readonly string[];
}

/** The records that are released for a claim, if they are of one of the types: what the plan's rule reads, and nothing else. */
export function neededRecords(plan: BenefitPlan, body: ClaimBody): readonly NeededRecord[] {
  return evidenceNeeded(plan, billedClaimOf(body)).flatMap(({ line, recordTypes }) =>
    body.lines
      .filter(({ sequence }) => sequence === line)
      .flatMap(({ records }) => records.map(({ recordId, version }) => ({ recordId, version, recordTypes }))),
  );
}

/** Tells whether a record is one of those; `type` as its anchored details have it. */
export function isNeeded(
  needed: readonly NeededRecord[],
  { recordId, version, type }: Pick<NeededRecord, 'recordId' | 'version'> & { readonly type: string },
): boolean {
  return needed.some((one) => one.recordId === recordId && one.version === version && one.recordTypes.includes(type));
}
