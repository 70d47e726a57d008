import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  adjudicate,
  billedClaimOf,
  formatCanonical,
  parseAdjudicationDocument,
  parseAdjudicationEntry,
  parseBenefitPlan,
  parseClaimBody,
  parseClaimEntry,
  parseCoverageDocument,
  parseCoverageEntry,
  type AdjudicationDocument,
  type AdjudicationEntry,
  type ClaimBody,
  type ClaimEntry,
  type CoverageEntry,
} from '@medaccord/chaincode/model';
import { formatClaim, type DecisionPapers } from '..';
import { assumedFacts } from '../../claims';
import { formatJson, isObject, parseLosslessJson, type JsonObject, type JsonValue } from '../../fhir';

export const read = (path: string): JsonValue => parseLosslessJson(readFileSync(join(__dirname, path), 'utf8'));
export const plan = parseBenefitPlan(read('../../../samples/demonstration-plan.json'), 'plan');

export const salt = 'A'.repeat(22);
export const digest = 'A'.repeat(43);
export const relationRef = 'relation_of-her-own-and-no-other';
export const claimId = 'claim_of-hers-and-no-other_1';
export const coverageId = 'coverage_of-hers-and-no-other';
export const hospital = 'HospitalMSP';
export const insurer = 'InsurerMSP';
export const by = { mspId: insurer, actor: digest, role: 'insurer-clerk' };
export const at = '2026-03-02T10:00:00.000Z';

type Named = { readonly recordId: string; readonly version: number; readonly type: string; readonly subjectSalt: string };
export const record = (type: string, name: string, version = 1): Named => ({
  ...{ recordId: name.padEnd(22, '_'), version, type },
  subjectSalt: salt,
});
export const line = (sequence: number, code: string, more: object, ...records: Named[]): object => ({
  ...{ sequence, service: { system: 'http://snomed.info/sct', code }, day: '2026-03-01', units: 1, charge: 12_500 },
  ...more,
  records,
  item: { recordId: records[0]?.recordId, subjectSalt: salt },
});
export const encounter = record('Encounter', 'encounter');
export const lines = [
  line(1, '390906007', {}, encounter),
  line(
    2,
    '23426006',
    { units: 2, charge: 103_330, unit: 'h' },
    record('Procedure', 'spirometry', 3),
    encounter,
    record('Condition', 'asthma'),
  ),
  line(5, '311791003', { charge: 8_000 }, record('Procedure', 'other'), record('Condition', 'asthma'), record('Observation', 'fev1')),
];
export const bodyWith = (more: object = {}): ClaimBody => {
  const body = { relationRef, claimId, use: 'claim', coverageId, related: null, type: 'institutional', currency: 'USD', lines, salt };
  return parseClaimBody({ ...body, ...more }, 'body');
};
export const entryOf = ({ use, related }: Pick<ClaimBody, 'use' | 'related'>): ClaimEntry =>
  parseClaimEntry(
    {
      ...{ relationRef, claimId, use, coverageId, related, hospital, insurer, body: digest, sealed: { [hospital]: digest } },
      ...{ tags: [], duplicates: [], by: { ...by, mspId: hospital }, submittedAt: at, acknowledgeBy: at, adjudicateBy: at },
    },
    'claim',
  );
export const claimOf = (body: ClaimBody): JsonObject => formatClaim(entryOf(body), { body, replacedAt: undefined });

export const coverageWith = (more: object = {}): CoverageEntry =>
  parseCoverageEntry(
    { relationRef, coverageId, version: 2, insurer, status: 'active', jws: 'a.b.c', by, recordedAt: at, ...more },
    'coverage',
  );
export const terms = parseCoverageDocument(
  {
    ...{ relationRef, coverageId, planId: plan.planId, order: 'secondary', isInNetwork: true, salt },
    period: { from: '2026-01-01', until: '2027-01-01' },
  },
  'terms',
);

/** As others read it. */
export const sent = (resource: JsonObject): JsonObject => parseLosslessJson(formatJson(resource)) as JsonObject;

export type Decided = NonNullable<AdjudicationDocument['decided']>;

export function decide(body: ClaimBody, decided: Partial<Decided> = {}, entry: Partial<AdjudicationEntry> = {}): DecisionPapers {
  const billed = billedClaimOf(body);
  const facts = { ...assumedFacts(plan, billed), ...decided.facts };
  const result = formatCanonical(adjudicate(plan, {}, billed, facts));
  const document = parseAdjudicationDocument(
    {
      ...{ relationRef, claimId, n: 1, coverageId, position: 1, before: {}, elsewhere: {}, salt },
      ...{ coverageVersion: 1, planId: plan.planId, planVersion: plan.version, reversedBy: null, manner: 'person', note: 'As agreed.' },
      decided: { releases: [], overrides: [], authorized: [], ...decided, facts, result },
    },
    'document',
  );
  return { ...undecided(body, entry), opened: { document, plan } };
}

export function undecided(body: ClaimBody, entry: Partial<AdjudicationEntry> = {}): DecisionPapers {
  const open = {
    ...{ relationRef, claimId, n: 1, outcome: 'complete', document: digest, sealed: {}, explanation: null, coverageVersion: 1 },
    ...{ isOverridden: false, manner: 'rule', status: 'final', by, persons: [], at: '2026-03-03T10:00:00.000Z' },
  };
  return {
    claim: entryOf(body),
    adjudication: parseAdjudicationEntry({ ...open, ...entry }, 'entry'),
    acknowledgement: undefined,
    undone: undefined,
    opened: undefined,
  };
}

/** The first thing at a path of names and places: `item.0.net`. */
export function find(value: JsonValue | undefined, path: string): JsonValue | undefined {
  return path.split('.').reduce<JsonValue | undefined>((found, name) => {
    if (Array.isArray(found)) return found[Number(name)];
    return isObject(found) ? found[name] : undefined;
  }, value);
}
