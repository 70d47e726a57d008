import {
  parseAcknowledgement,
  parseDay,
  parseInstant,
  type AdjudicationDocument,
  type AdjudicationEntry,
  type ClaimBody,
} from '@medaccord/chaincode/model';
import { formatJson, type JsonObject } from '../fhir';
import { validateResource, type Issue } from '../validation';
import {
  answerOf,
  fhirIdOf,
  formatClaim,
  formatClaimResponse,
  formatEligibility,
  formatExplanation,
  type CoverageStanding,
  type DecisionPapers,
} from '.';
import {
  at,
  bodyWith,
  by,
  claimId,
  claimOf,
  coverageWith,
  decide,
  encounter,
  entryOf,
  find,
  insurer,
  line,
  plan,
  record,
  relationRef,
  sent,
  terms,
  undecided,
  type Decided,
} from './testdata/documents';

/** What FHIR R4 has against it, as others read it. */
const issuesOf = (resource: JsonObject): readonly Issue[] => validateResource(sent(resource));

describe("an insurer's answer", () => {
  const both = (papers: DecisionPapers, body: ClaimBody): [JsonObject, JsonObject] => {
    const answer = answerOf(claimOf(body), papers);
    const resources: [JsonObject, JsonObject] = [formatClaimResponse(answer), formatExplanation(answer)];
    for (const resource of resources) expect(issuesOf(resource)).toEqual([]);
    return resources;
  };
  const benefitOf = (resource: JsonObject, place: number): string => {
    const adjudication = find(resource, `item.${String(place)}.adjudication`) as JsonObject[];
    return formatJson(adjudication.find((one) => find(one, 'category.coding.0.code') === 'benefit')?.['amount'] ?? null);
  };
  const totalOf = (resource: JsonObject, name: string): string => {
    const totals = resource['total'] as JsonObject[];
    return formatJson(totals.find((one) => find(one, 'category.coding.0.code') === name)?.['amount'] ?? null);
  };

  it('by the rule says what is paid, what is not and why, and what is left', () => {
    const [response, explanation] = both(decide(bodyWith()), bodyWith());
    expect(response).toMatchObject({
      outcome: 'complete',
      disposition: 'demonstration, version 1',
      request: { reference: `Claim/${fhirIdOf(claimId)}` },
    });
    // 125.00 - 25.00; 840.00 less 500.00 deductible and 20 % of 340.00; 80.00 is excluded.
    for (const resource of [response, explanation]) {
      expect([0, 1, 2].map((place) => benefitOf(resource, place))).toEqual(
        ['100.00', '272.00', '0.00'].map((value) => `{"value":${value},"currency":"USD"}`),
      );
      expect(formatJson(find(resource, 'payment.amount') ?? null)).toBe('{"value":372.00,"currency":"USD"}');
      expect(totalOf(resource, 'benefit')).toBe('{"value":372.00,"currency":"USD"}');
      expect(find(resource, 'processNote.0.text')).toBe('As agreed.');
    }
    const reasons = formatJson(find(response, 'item.2.adjudication') ?? null);
    expect(reasons).toContain('{"system":"https://x12.org/codes/claim-adjustment-reason-codes","code":"204"}');
    expect(reasons).toContain('adjustmentreason');
    const balances = formatJson(explanation['benefitBalance'] ?? null);
    expect(balances).toContain('"allowedMoney":{"value":500.00,"currency":"USD"},"usedMoney":{"value":500.00,"currency":"USD"}');
    expect(balances).toContain('The plan year that begins on 2026-01-01');
  });

  it('says why a part of a line is not covered where readers of CARIN look for it, in codes of X12', () => {
    const service = { system: 'http://hl7.org/fhir/sid/cvx', code: '140' };
    const twice = bodyWith({ lines: [line(1, '', { service, units: 2, charge: 18_000 }, encounter, record('Immunization', 'flu'))] });
    for (const resource of both(decide(twice), twice)) {
      expect(benefitOf(resource, 0)).toBe('{"value":90.00,"currency":"USD"}');
      const rows = (find(resource, 'item.0.adjudication') as JsonObject[]).filter(
        (one) => find(one, 'category.coding.0.code') === 'adjustmentreason',
      );
      expect(rows).toHaveLength(1);
      expect(find(rows[0], 'reason.coding')).toContainEqual({
        system: 'https://x12.org/codes/claim-adjustment-reason-codes',
        code: '119',
      });
    }
  });

  it('is identified by its claim and number, and has no version, which this service does not keep', () => {
    for (const resource of both(decide(bodyWith(), {}, { n: 3 }), bodyWith())) {
      expect(resource['identifier']).toEqual([{ system: 'urn:medaccord:adjudication', value: `${claimId}.3` }]);
      expect(find(resource, 'meta.versionId')).toBeUndefined();
    }
    for (const resource of both(undecided(bodyWith(), { n: 0, outcome: null, at: null, status: 'open' }), bodyWith()))
      expect(resource['identifier']).toBeUndefined();
  });

  it('that can be read without the body has the services masked', () => {
    const answer = answerOf(formatClaim(entryOf(bodyWith()), { body: undefined, replacedAt: undefined }), decide(bodyWith()));
    const explanation = formatExplanation(answer);
    expect(issuesOf(explanation)).toEqual([]);
    expect(find(explanation, 'item.0.productOrService.extension.0.valueCode')).toBe('masked');
  });

  it('that a person gave beside the rule has her amount, and says so', () => {
    const overrides = [{ line: 5, benefit: 6_000, why: 'A hardship.' }];
    for (const resource of both(decide(bodyWith(), { overrides }, { isOverridden: true, manner: 'person' }), bodyWith())) {
      expect(benefitOf(resource, 2)).toBe('{"value":60.00,"currency":"USD"}');
      expect(totalOf(resource, 'benefit')).toBe('{"value":432.00,"currency":"USD"}');
      expect(formatJson(find(resource, 'payment.amount') ?? null)).toBe('{"value":432.00,"currency":"USD"}');
      // She bore 80.00 of the line, and 593.00 of the others.
      expect(totalOf(resource, 'memberliability')).toBe('{"value":613.00,"currency":"USD"}');
      expect(formatJson(resource['processNote'] ?? null)).toContain(
        "override: a person of the insurer pays 60.00 USD in the place of the rule's 0.00 USD: A hardship.",
      );
    }
  });

  it('that waits for a person has a note instead of amounts', () => {
    const large = bodyWith({ lines: [line(1, '390906007', { charge: 600_000 }, encounter)] });
    const [response] = both(decide(large, {}, { outcome: 'queued' }), large);
    expect(response).toMatchObject({ outcome: 'queued', item: [{ noteNumber: [2] }] });
    expect(find(response, 'item.0.adjudication')).toHaveLength(1);
    expect(find(response, 'processNote.1.text')).toMatch(/^own-rule: /);
    const paid = { overrides: [{ line: 1, benefit: 500_000, why: 'As a person saw it.' }] };
    const [closed] = both(decide(large, paid, { outcome: 'complete', isOverridden: true, manner: 'person' }), large);
    expect(find(closed, 'payment.type.coding.0.code')).toBe('complete');
  });

  it.each(['', 'null', '[]', '{"lines":[]}'])(
    'of an insurer that sealed %j in the place of a result is its public entry alone',
    (result) => {
      const papers = decide(bodyWith());
      const document = papers.opened?.document as AdjudicationDocument;
      const opened = { plan, document: { ...document, decided: document.decided && { ...document.decided, result } } };
      for (const resource of both({ ...papers, opened }, bodyWith()))
        expect([resource['outcome'], resource['item']]).toEqual(['complete', undefined]);
    },
  );

  it('to a preauthorization says what is authorized, for which days and how often', () => {
    const body = bodyWith({ use: 'preauthorization' });
    const days = { from: '2026-03-01', until: '2026-06-01' };
    const rows = [1, 2].map((n) => ({
      ...{ id: `${claimId}.${String(n)}`, service: { system: 'http://snomed.info/sct', code: '1' }, units: n },
      days,
    })) as unknown as Decided['authorized'];
    const [one] = both(decide(body, { authorized: rows.slice(1) }), body);
    expect(one).toMatchObject({ preAuthRef: `${claimId}.2`, preAuthPeriod: { start: '2026-03-01', end: '2026-05-31' } });
    expect(find(one, 'item.1.extension')).toMatchObject([
      { valueString: `${claimId}.2` },
      {},
      { extension: [{ valueQuantity: { value: 2 } }] },
    ]);
    expect(one['payment']).toBeUndefined();
    const [two, explanation] = both(decide(body, { authorized: rows }), body);
    expect(two['preAuthRef']).toBe(claimId);
    expect(explanation['preAuthRef']).toEqual(rows.map(({ id }) => id));
    expect(explanation['payment']).toBeUndefined();
  });

  it('that another person has to confirm is a draft; one that was taken back is cancelled and pays nothing', () => {
    const [draft] = both(decide(bodyWith(), {}, { status: 'proposed' }), bodyWith());
    expect(draft['status']).toBe('draft');
    for (const resource of both(undecided(bodyWith(), { n: 2, outcome: 'reversed' }), bodyWith())) {
      expect(resource).toMatchObject({ status: 'cancelled', outcome: 'complete', identifier: [{ value: `${claimId}.2` }] });
      expect(resource['payment']).toBeUndefined();
    }
  });

  it('to a claim that takes another back is complete once that one is taken back', () => {
    const body = bodyWith({ lines: [], related: { claimId: 'another_claim-of-hers-0', relationship: 'reversal' } });
    const papers = undecided(body, { n: 0, outcome: null, at: null, status: 'open' });
    const undone = undecided(bodyWith(), { n: 2, outcome: 'reversed' }).adjudication;
    for (const resource of both({ ...papers, undone: { ...undone, outcome: 'complete' } }, body))
      expect(resource['outcome']).toBe('queued');
    for (const resource of both({ ...papers, undone }, body))
      expect(resource).toMatchObject({ outcome: 'complete', status: 'active', created: undone.at });
  });

  it.each<[string, Partial<AdjudicationEntry>, object | undefined, object]>([
    ['has none yet', { n: 0, outcome: null, at: null, status: 'open' }, undefined, { outcome: 'queued', disposition: 'Submitted.' }],
    [
      'was received',
      { n: 0, outcome: null, at: null, status: 'open' },
      { outcome: 'received', reason: null },
      { outcome: 'queued', disposition: 'Received; not decided yet.' },
    ],
    [
      'was given back',
      { n: 0, outcome: null, at: null, status: 'open' },
      { outcome: 'returned', reason: 'body-mismatch' },
      {
        outcome: 'error',
        disposition: 'Given back undecided: body-mismatch.',
        error: [{ code: { coding: [{ system: 'urn:medaccord:return-reason', code: 'body-mismatch' }] } }],
      },
    ],
    [
      'is sealed to others',
      { outcome: 'partial' },
      undefined,
      { outcome: 'partial', disposition: 'Decided; the decision cannot be read here.' },
    ],
  ])('to a claim that %s shows the public entries alone', (_, entry, acknowledgement, expected) => {
    const body = bodyWith();
    const papers = {
      ...undecided(body, entry),
      acknowledgement: acknowledgement && parseAcknowledgement({ relationRef, claimId, by, at, ...acknowledgement }, 'acknowledgement'),
    };
    const sealed = formatClaim(papers.claim, { body: undefined, replacedAt: undefined });
    const response = formatClaimResponse(answerOf(sealed, papers));
    expect(issuesOf(response)).toEqual([]);
    expect(issuesOf(formatExplanation(answerOf(sealed, papers)))).toEqual([]);
    expect(response).toMatchObject(expected);
    expect(formatExplanation(answerOf(sealed, papers))['disposition']).toBe(response['disposition']);
    expect(response['item']).toBeUndefined();
  });
});

describe('a CoverageEligibilityResponse', () => {
  const request: JsonObject = {
    resourceType: 'CoverageEligibilityRequest',
    status: 'active',
    purpose: ['benefits', 'validation'],
    patient: { identifier: { system: 'urn:medaccord:relation', value: relationRef } },
    created: '2026-03-02',
    insurer: { identifier: { system: 'urn:medaccord:member', value: insurer } },
  };
  const ask = (day: string, more: Partial<CoverageStanding> = {}, asked = request, purposes = ['benefits', 'validation']): JsonObject =>
    formatEligibility(
      { request: asked, purposes, day: parseDay(day, 'day'), at: parseInstant(at, 'at') },
      { entry: coverageWith(), terms, days: terms.period, plan, accumulators: { 'year/2026-01-01/deductible': 12_345 }, ...more },
    );

  it('says what the plan allows and what of it is used', () => {
    const response = ask('2026-03-02');
    expect(issuesOf(response)).toEqual([]);
    expect(find(response, 'insurance.0.inforce')).toBe(true);
    const text = formatJson(response);
    expect(text).toContain('"allowedMoney":{"value":500.00,"currency":"USD"},"usedMoney":{"value":123.45,"currency":"USD"}');
    expect(text).toContain('"code":"copay"}]},"allowedMoney":{"value":25.00,"currency":"USD"}');
    expect(text).toContain('"allowedString":"20%"');
  });

  it('holds the question with what that contained beside it, for what is contained contains nothing and has no version', () => {
    const held = { ...request, meta: { versionId: '7', lastUpdated: at }, patient: { reference: '#she' } };
    const contained = [{ resourceType: 'Patient', id: 'she' }];
    const response = ask('2026-03-02', {}, { ...held, contained });
    expect(issuesOf(response)).toEqual([]);
    expect((response['contained'] as JsonObject[]).map(({ resourceType }) => resourceType)).toEqual([
      'Patient',
      'CoverageEligibilityRequest',
    ]);
    expect(response['request']).toEqual({ reference: '#eligibility-request' });
    expect(find(response, 'contained.1.id')).toBe('eligibility-request');
  });

  it.each([
    ['before it begins', '2025-12-31', {}],
    ['after its last day', '2027-01-01', {}],
    ['since it was suspended', '2026-03-02', { days: { ...terms.period, until: parseDay('2026-03-02', 'day') } }],
  ])('says that a coverage is not in force %s', (_, day, more) => {
    expect(find(ask(day, more), 'insurance.0.inforce')).toBe(false);
  });

  it('says where a plan pays nothing outside of its network', () => {
    const categories = plan.categories.map((one) => ({ ...one, outOfNetwork: null }));
    const response = ask('2026-03-02', { terms: { ...terms, isInNetwork: false }, plan: { ...plan, categories } });
    expect(issuesOf(response)).toEqual([]);
    expect(find(response, 'insurance.0.item.1.excluded')).toBe(true);
  });

  it('is partial where what is used is not known here, or no version of the plan decides that day', () => {
    for (const more of [{ accumulators: undefined }, { plan: undefined }]) {
      const response = ask('2026-03-02', more);
      expect(issuesOf(response)).toEqual([]);
      expect(response['outcome']).toBe('partial');
      expect(ask('2026-03-02', more, request, ['validation'])['outcome']).toBe('complete');
      expect(formatJson(response)).not.toContain('usedMoney');
    }
  });
});
