import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { billedClaimOf, parseDay, parseInstant, type BilledClaim, type ClaimBody } from '@medaccord/chaincode/model';
import { parseFhirClaim } from '../claims';
import { formatJson, parseLosslessJson, type JsonObject } from '../fhir';
import { validateResource, type Issue } from '../validation';
import { answerOf, fhirIdOf, formatClaim, formatClaimResponse, formatCoverage, formatExplanation, ledgerIdOf } from '.';
import {
  bodyWith,
  claimId,
  claimOf,
  coverageWith,
  decide,
  entryOf,
  find,
  hospital,
  lines,
  record,
  relationRef,
  salt,
  sent,
  terms,
} from './testdata/documents';

/** What FHIR R4 has against it, as others read it. */
const issuesOf = (resource: JsonObject): readonly Issue[] => validateResource(sent(resource));

describe('a Coverage', () => {
  it('says what the patient signed, its last day included, and how it stands', () => {
    const coverage = formatCoverage(coverageWith({ status: 'suspended' }), terms);
    expect(issuesOf(coverage)).toEqual([]);
    expect(coverage).toMatchObject({
      id: 'coverage.of-hers-and-no-other',
      status: 'cancelled',
      beneficiary: { identifier: { system: 'urn:medaccord:relation', value: relationRef } },
      period: { start: '2026-01-01', end: '2026-12-31' },
      class: [{ value: 'demonstration' }],
      order: 2,
    });
    expect(find(coverage, 'extension.0.valueCode')).toBe('suspended');
  });

  it('that the insurer stopped ends the day before, and has no period where it stopped before its first day', () => {
    const stopped = coverageWith({ status: 'ended' });
    const cut = formatCoverage(stopped, terms, { ...terms.period, until: parseDay('2026-04-01', 'day') });
    expect(issuesOf(cut)).toEqual([]);
    expect(cut['period']).toEqual({ start: '2026-01-01', end: '2026-03-31' });
    const never = { from: parseDay('9999-12-30', 'day'), until: parseDay('9999-12-31', 'day') };
    expect(formatCoverage(stopped, terms, never)['period']).toBeUndefined();
  });

  it('says no more than the public entry to whom its terms are sealed', () => {
    const coverage = formatCoverage(coverageWith());
    expect(issuesOf(coverage)).toEqual([]);
    expect(Object.keys(coverage)).not.toEqual(expect.arrayContaining(['period']));
    expect(formatJson(coverage)).not.toContain('demonstration');
  });
});

describe('an id', () => {
  it('of the ledger is a FHIR id, and is found again', () => {
    expect(fhirIdOf(claimId)).toMatch(/^[A-Za-z0-9.-]{1,64}$/);
    expect(ledgerIdOf(fhirIdOf(claimId))).toBe(claimId);
  });
});

describe('a Claim', () => {
  const back = (body: ClaimBody): BilledClaim => ({ ...parseFhirClaim(sent(claimOf(body))), claimId });

  it.each<[string, object]>([
    ['is a claim', {}],
    ['is asked in advance', { use: 'preauthorization' }],
    ['is asked without obligation', { use: 'predetermination' }],
    ['corrects another', { related: { claimId: 'another_claim-of-hers-0', relationship: 'correction' } }],
    ['has a currency without minor units', { currency: 'JPY' }],
    ['has a currency with three decimal places', { currency: 'KWD' }],
    ['draws on authorizations', { lines: lines.map((one, n) => (n === 1 ? { ...one, authorization: 'earlier.2' } : one)) }],
    ['comes after another payer', { lines: lines.map((one, n) => (n === 0 ? one : { ...one, priorPaid: n * 1_005 })) }],
  ])('that %s is valid, and is read back with the same lines', (_, more) => {
    const body = bodyWith(more);
    expect(issuesOf(claimOf(body))).toEqual([]);
    expect(back(body)).toEqual(billedClaimOf(body));
  });

  it('names each record once, by its name on the ledger, where its type belongs', () => {
    const claim = claimOf(bodyWith());
    expect(find(claim, 'procedure.0')).toEqual({
      sequence: 1,
      procedureReference: {
        type: 'Procedure',
        identifier: { system: 'urn:medaccord:record', value: 'spirometry____________' },
        display: 'version 3',
      },
    });
    expect(find(claim, 'item.1')).toMatchObject({ procedureSequence: [1], diagnosisSequence: [1], encounter: [{ type: 'Encounter' }] });
    expect(find(claim, 'item.2')).toMatchObject({ procedureSequence: [2], diagnosisSequence: [1], informationSequence: [1] });
    expect(find(claim, 'diagnosis')).toHaveLength(1);
    expect(formatJson(claim)).not.toContain(salt);
  });

  it('has exact amounts', () => {
    expect(formatJson(claimOf(bodyWith()))).toContain('"total":{"value":1238.30,"currency":"USD"}');
  });

  it('that takes another back bills nothing', () => {
    const body = bodyWith({ lines: [], related: { claimId: 'another_claim-of-hers-0', relationship: 'reversal' } });
    const claim = claimOf(body);
    expect(issuesOf(claim)).toEqual([]);
    expect(find(claim, 'related.0.claim.reference')).toBe('Claim/another.claim-of-hers-0');
    expect(Object.keys(claim)).not.toEqual(expect.arrayContaining(['item']));
  });

  it('whose body is sealed shows the header alone', () => {
    const replacedAt = parseInstant('2026-04-01T08:00:00.000Z', 'replacedAt');
    const claim = formatClaim(entryOf(bodyWith()), { body: undefined, replacedAt });
    expect(issuesOf(claim)).toEqual([]);
    expect(claim['meta']).toEqual({ lastUpdated: replacedAt });
    expect(claim).toMatchObject({ status: 'cancelled', use: 'claim', provider: { identifier: { value: hospital } } });
    expect(find(claim, 'type.extension.0.valueCode')).toBe('masked');
  });
});

const synthea = join(__dirname, '../../../../shared/data/synthea');
const bundles = existsSync(synthea) ? readdirSync(synthea).filter((name) => !name.startsWith('hospital')) : [];

describe('the Claims of the Synthea bundles', () => {
  if (bundles.length === 0) {
    it.todo(`are written as they were billed: not tested, for there are no bundles at ${synthea}`);
    return;
  }

  it.each(bundles)('%s: are written valid and read back with the same lines, and so are the answers', (name) => {
    const { entry } = parseLosslessJson(readFileSync(join(synthea, name), 'utf8')) as { entry: { resource: JsonObject }[] };
    const claims = entry.map(({ resource }) => resource).filter(({ resourceType }) => resourceType === 'Claim');
    for (const claim of claims) {
      const billed = parseFhirClaim(claim);
      const body = bodyWith({ type: billed.type, currency: billed.currency, lines: billed.lines.map(withRecords) });
      expect(issuesOf(claimOf(body))).toEqual([]);
      expect(parseFhirClaim(sent(claimOf(body)))).toEqual({ ...billedClaimOf(body), claimId: fhirIdOf(claimId) });
      const answer = answerOf(claimOf(body), decide(body));
      for (const resource of [formatClaimResponse(answer), formatExplanation(answer)]) expect(issuesOf(resource)).toEqual([]);
    }
    expect(claims.length).toBeGreaterThan(0);
  });

  /** A record for each type that the line names, at least one: of the bundles' references the rule sees no more. */
  function withRecords({ recordTypes, ...one }: BilledClaim['lines'][number]): object {
    const types = recordTypes.length > 0 ? recordTypes : ['Basic'];
    const records = types.map((type) => record(type, `of-${type}-${String(one.sequence)}`));
    return { ...one, records, item: { recordId: records[0]?.recordId, subjectSalt: salt } };
  }
});
