import type { CoverageDocument, CoverageEntry, Days } from '@medaccord/chaincode/model';
import type { JsonObject } from '../fhir';
import { concept, fhirIdOf, memberOf, patientOf, periodOf } from './elements';
import { extensions, names, systems } from './systems';

/**
 * A coverage as a FHIR R4 Coverage, of its newest version.
 *
 * @param terms what the patient signed; without them only what the public entry tells
 * @param days on which it is in force, where the insurer cut its period
 */
export function formatCoverage(entry: CoverageEntry, terms?: CoverageDocument, days: Days | undefined = terms?.period): JsonObject {
  const { relationRef, coverageId, insurer, status, recordedAt } = entry;
  // It never was in force where its first day is not one of them.
  const hasBegun = terms !== undefined && days?.from === terms.period.from;
  return {
    resourceType: 'Coverage',
    id: fhirIdOf(coverageId),
    meta: { lastUpdated: recordedAt },
    // FHIR knows no suspension: what is suspended is not in force, and the extension says that it may be again.
    extension: [
      { url: extensions.coverageStatus, valueCode: status },
      ...(terms === undefined ? [] : [{ url: extensions.isInNetwork, valueBoolean: terms.isInNetwork }]),
    ],
    identifier: [{ system: names.coverage, value: coverageId }],
    status: status === 'active' ? 'active' : 'cancelled',
    beneficiary: patientOf(relationRef),
    ...(hasBegun && { period: periodOf(days) }),
    payor: [memberOf(insurer)],
    ...(terms !== undefined && formatPlan(terms)),
  };
}

function formatPlan({ planId, order }: CoverageDocument): JsonObject {
  return {
    class: [{ type: concept({ system: systems.coverageClass, code: 'plan' }), value: planId }],
    order: order === 'primary' ? 1 : 2,
  };
}
