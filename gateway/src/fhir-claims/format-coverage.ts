import type { CoverageDocument, CoverageEntry } from '@medaccord/chaincode/model';
import type { JsonObject } from '../fhir';
import { concept, fhirIdOf, memberOf, patientOf, periodOf } from './elements';
import { extensions, names, systems } from './systems';

/**
 * A coverage as a FHIR R4 Coverage, of its newest version.
 *
 * @param terms what the patient signed; without them only what the public entry tells
 */
export function formatCoverage(entry: CoverageEntry, terms?: CoverageDocument): JsonObject {
  const { relationRef, coverageId, version, insurer, status, recordedAt } = entry;
  return {
    resourceType: 'Coverage',
    id: fhirIdOf(coverageId),
    meta: { versionId: String(version), lastUpdated: recordedAt },
    // FHIR knows no suspension: what is suspended is not in force, and the extension says that it may be again.
    extension: [
      { url: extensions.coverageStatus, valueCode: status },
      ...(terms === undefined ? [] : [{ url: extensions.isInNetwork, valueBoolean: terms.isInNetwork }]),
    ],
    identifier: [{ system: names.coverage, value: coverageId }],
    status: status === 'active' ? 'active' : 'cancelled',
    beneficiary: patientOf(relationRef),
    ...(terms !== undefined && { period: periodOf(terms.period) }),
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
