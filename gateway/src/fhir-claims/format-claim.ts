import type { ClaimBody, ClaimBodyLine, ClaimEntry, Instant, NamedRecord, RelatedClaim } from '@medaccord/chaincode/model';
import type { JsonObject } from '../fhir';
import { concept, fhirIdOf, masked, memberOf, moneyOf, patientOf } from './elements';
import { formatPriorPayments } from './format-prior-payments';
import { RecordLists, referenceTo } from './record-lists';
import { extensions, names, systems } from './systems';

export interface ClaimStanding {
  /** What was billed; without it only what the public entry tells. */
  readonly body: ClaimBody | undefined;
  /** When a later claim took it back or corrected it. */
  readonly replacedAt: Instant | undefined;
}

/** A claim as a FHIR R4 Claim. Its lines are what parseFhirClaim reads of it. */
export function formatClaim(entry: ClaimEntry, { body, replacedAt }: ClaimStanding): JsonObject {
  const { relationRef, claimId, use, related, hospital, insurer, submittedAt } = entry;
  const prior = body && formatPriorPayments(body, entry);
  return {
    resourceType: 'Claim',
    id: fhirIdOf(claimId),
    meta: { lastUpdated: replacedAt ?? submittedAt },
    ...(prior !== undefined && { contained: [prior] }),
    identifier: [{ system: names.claim, value: claimId }],
    status: replacedAt === undefined ? 'active' : 'cancelled',
    type: body === undefined ? masked() : concept({ system: systems.claimType, code: body.type }),
    use,
    patient: patientOf(relationRef),
    created: submittedAt,
    insurer: memberOf(insurer),
    provider: memberOf(hospital),
    priority: concept({ system: systems.priority, code: 'normal' }),
    ...(related !== null && { related: [formatRelated(related)] }),
    ...(body !== undefined && body.lines.length > 0 && formatLines(body)),
    insurance: [formatInsurance(entry, body), ...(prior === undefined ? [] : [otherInsurance])],
  };
}

function formatRelated({ claimId, relationship }: RelatedClaim): JsonObject {
  return {
    claim: { reference: `Claim/${fhirIdOf(claimId)}` },
    relationship: concept({ system: systems.relationship, code: relationship }, { system: systems.related, code: 'prior' }),
  };
}

function formatInsurance({ coverageId }: ClaimEntry, body: ClaimBody | undefined): JsonObject {
  const drawn = [...new Set(body?.lines.flatMap(({ authorization }) => authorization ?? []))];
  return {
    sequence: 1,
    focal: true,
    coverage: { reference: `Coverage/${fhirIdOf(coverageId)}` },
    ...(drawn.length > 0 && { preAuthRef: drawn }),
  };
}

function formatLines({ lines, currency }: ClaimBody): JsonObject {
  const records = new RecordLists();
  const item = lines.map((line) => formatLine(line, currency, records));
  const total = lines.reduce((sum, { charge }) => sum + charge, 0);
  return { ...records.lists(), item, total: moneyOf(total, currency) };
}

/** The payer before, of whom the claim says what was paid and nothing else. */
const otherInsurance: JsonObject = {
  sequence: 2,
  focal: false,
  coverage: { display: 'The payer before' },
  claimResponse: { reference: '#prior' },
};

function formatLine(line: ClaimBodyLine, currency: string, records: RecordLists): JsonObject {
  const { sequence, service, day, units, unit, charge, authorization } = line;
  return {
    sequence,
    ...(authorization !== undefined && { extension: [{ url: extensions.authorization, valueString: authorization }] }),
    ...records.add(line.records),
    productOrService: concept(service),
    servicedDate: day,
    quantity: { value: units, ...(unit !== undefined && { unit }) },
    net: moneyOf(charge, currency),
    ...encountersOf(line.records),
  };
}

function encountersOf(records: readonly NamedRecord[]): JsonObject {
  const encounters = records.filter(({ type }) => type === 'Encounter');
  return encounters.length === 0 ? {} : { encounter: encounters.map(referenceTo) };
}
