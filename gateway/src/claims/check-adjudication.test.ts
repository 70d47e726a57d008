import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  adjudicationPreimage,
  claimPreimage,
  coveragePreimage,
  decideClaim,
  decidedOutcome,
  formatCanonical,
  parseAdjudicationDocument,
  parseAdjudicationEntry,
  parseBenefitPlan,
  parseClaimBody,
  parseClaimEntry,
  parseCoverageDocument,
  parseCoverageEntry,
  parsePlanEntry,
  settledFactsOf,
  type AdjudicationDocument,
  type AdjudicationEntry,
  type ClaimBody,
  type ClaimEntry,
} from '@medaccord/chaincode/model';
import { commit, generateSigningKey, importSigningKey, newSalt, signJws } from '../crypto';
import { checkAdjudication, usedAfter, type AdjudicationPapers } from './check-adjudication';

const plan = parseBenefitPlan(JSON.parse(readFileSync(join(__dirname, '../../samples/demonstration-plan.json'), 'utf8')), 'plan');
const [relationRef, coverageId] = ['r'.repeat(22), 'c'.repeat(22)];
const by = { mspId: 'GammaMSP', role: 'gateway', actor: 'A'.repeat(43) };
const digest = 'A'.repeat(43);
const snomed = (code: string): object => ({ system: 'http://snomed.info/sct', code });

const newBody = (claimId: string, more: object = {}): ClaimBody =>
  parseClaimBody(
    {
      ...{ relationRef, claimId, use: 'claim', coverageId, related: null, type: 'institutional', currency: 'USD', salt: newSalt() },
      lines: [
        ['390906007', 12_500, 'Encounter'],
        ['23426006', 103_330, 'Procedure'],
      ].map(([code, charge, type], at) => ({
        ...{ sequence: at + 1, service: snomed(String(code)), day: '2026-03-01', units: 1, charge },
        records: [{ recordId: String(at).repeat(22), version: 1, type, subjectSalt: newSalt() }],
        item: { recordId: String(at).repeat(22), subjectSalt: newSalt() },
      })),
      ...more,
    },
    'body',
  );

const newClaim = async (body: ClaimBody, more: object = {}): Promise<ClaimEntry> =>
  parseClaimEntry(
    {
      ...{
        relationRef,
        claimId: body.claimId,
        use: body.use,
        coverageId,
        related: body.related,
        hospital: 'AlphaMSP',
        insurer: 'GammaMSP',
      },
      ...{ body: await commit(claimPreimage(body)), sealed: {}, tags: [], duplicates: [], by },
      ...{ submittedAt: '2026-03-02T10:00:00.000Z', acknowledgeBy: '2026-03-04T10:00:00.000Z', adjudicateBy: '2026-04-01T10:00:00.000Z' },
      ...more,
    },
    'claim',
  );

const terms = parseCoverageDocument(
  {
    ...{ relationRef, coverageId, planId: plan.planId, period: { from: '2025-01-01', until: null } },
    ...{ order: 'primary', isInNetwork: true, salt: newSalt() },
  },
  'terms',
);
const published = parsePlanEntry(
  { insurer: 'GammaMSP', planId: plan.planId, version: 1, plan, by, publishedAt: '2026-01-01T00:00:00.000Z' },
  'plan',
);

const newVersion = async (version: number, status: string, recordedAt: string): Promise<AdjudicationPapers['versions'][number]> => {
  const statement = {
    relationRef,
    coverageId,
    version: 1,
    document: await commit(coveragePreimage(terms)),
    sealed: {},
    issuedAt: recordedAt,
  };
  const jws = await signJws('coverage', statement as never, await importSigningKey(await generateSigningKey()));
  return parseCoverageEntry({ relationRef, coverageId, version, insurer: 'GammaMSP', status, jws, by, recordedAt }, 'coverage');
};

/** What an insurer that does as it should decides about a claim. */
const decide = (
  claim: ClaimEntry,
  body: ClaimBody,
  { versions }: Pick<AdjudicationPapers, 'versions'>,
  before = {},
): AdjudicationDocument => {
  const settled = settledFactsOf({ claim, body }, { terms, versions }, []);
  const evidence = body.lines.map(({ sequence, records }) => ({ line: sequence, recordType: records[0]!.type, isIntact: true }));
  const facts = { ...settled, deceasedOn: null, evidence, decisions: [] };
  const result = formatCanonical(decideClaim(plan, { before, elsewhere: {} }, body, facts));
  return parseAdjudicationDocument(
    {
      ...{ relationRef, claimId: claim.claimId, n: 1, coverageId, position: 1, before, elsewhere: {}, salt: newSalt() },
      ...{ coverageVersion: 1, planId: plan.planId, planVersion: 1, reversedBy: null, manner: 'rule' },
      decided: { facts, releases: [], result, overrides: [], authorized: [] },
    },
    'document',
  );
};

/** The public entry that goes with a document, whatever that says. */
const enter = async (document: AdjudicationDocument, more: object = {}): Promise<AdjudicationEntry> => {
  const { decided } = document;
  const outcome = decided === null ? 'reversed' : decidedOutcome(JSON.parse(decided.result) as never, decided.overrides);
  return parseAdjudicationEntry(
    {
      ...{ relationRef, claimId: document.claimId, n: document.n, outcome, document: await commit(adjudicationPreimage(document)) },
      ...{ sealed: {}, explanation: digest, coverageVersion: document.coverageVersion, manner: document.manner, status: 'final', by },
      ...{ isOverridden: (decided?.overrides.length ?? 0) > 0, persons: [], at: '2026-03-02T10:01:00.000Z' },
      ...more,
    },
    'entry',
  );
};

/** Whatever a test changes in a document; the types would forbid the lies. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Draft = any;
const changed = (document: AdjudicationDocument, change: (draft: Draft) => void): AdjudicationDocument => {
  const draft = structuredClone(document) as Draft;
  change(draft);
  return parseAdjudicationDocument(draft, 'document');
};
/** The result of the document after `change` of what the rule was told. */
const decidedAnew = (draft: Draft, body: ClaimBody): string =>
  formatCanonical(decideClaim(plan, { before: draft.before, elsewhere: draft.elsewhere }, body, draft.decided.facts));

describe('an adjudication that is worked out again', () => {
  let papers: AdjudicationPapers;

  beforeAll(async () => {
    const body = newBody('k'.repeat(22));
    const claim = await newClaim(body);
    const versions = [await newVersion(1, 'active', '2026-01-02T00:00:00.000Z')];
    const document = decide(claim, body, { versions });
    papers = { claim, body, versions, terms, plans: [published], document, entry: await enter(document), others: [], reversing: undefined };
  });

  /** With a document that the insurer committed to, whatever it says. */
  const lying = async (
    change: (draft: Draft) => void,
    more: Partial<AdjudicationPapers> = {},
    entered: object = {},
  ): Promise<AdjudicationPapers> => {
    const document = changed(papers.document, change);
    return { ...papers, document, entry: await enter(document, entered), ...more };
  };

  it('agrees where the insurer followed its plan', async () => {
    expect(await checkAdjudication(papers)).toEqual({ verdict: 'agrees', problems: [] });
  });

  it.each<[string, string, (draft: Draft, body: ClaimBody) => void]>([
    [
      'pays less than the plan says',
      'result',
      ({ decided }) => (decided.result = decided.result.replace('"benefit":10000', '"benefit":9000')),
    ],
    ['says what no rule answers', 'result', ({ decided }) => (decided.result = '{"lines":[],"used":{},"outcome":"complete"}')],
    [
      'counts a deductible that was not used',
      'before',
      (draft, body) => {
        draft.before = { 'year/2026-01-01/deductible': 1 };
        draft.decided.result = decidedAnew(draft, body);
      },
    ],
    [
      'says that the hospital is out of the network',
      'facts',
      (draft, body) => {
        draft.decided.facts.isInNetwork = false;
        draft.decided.result = decidedAnew(draft, body);
      },
    ],
    [
      'cuts the coverage short',
      'facts',
      (draft, body) => {
        draft.decided.facts.coverage = { from: '2025-01-01', until: '2026-02-01' };
        draft.decided.result = decidedAnew(draft, body);
      },
    ],
    [
      'calls a service a duplicate that the header does not',
      'facts',
      (draft, body) => {
        draft.decided.facts.duplicates = [1];
        draft.decided.result = decidedAnew(draft, body);
      },
    ],
    [
      'says that the claim came later',
      'facts',
      (draft, body) => {
        draft.decided.facts.at = '2028-01-01T00:00:00.000Z';
        draft.decided.result = decidedAnew(draft, body);
      },
    ],
    [
      'has a record denied that no line names',
      'facts',
      (draft, body) => {
        draft.decided.facts.evidence = [{ line: 1, recordType: 'Condition', isIntact: false }];
        draft.decided.result = decidedAnew(draft, body);
      },
    ],
    [
      'has a person decide, and says that the rule did',
      'facts',
      (draft, body) => {
        draft.decided.facts.decisions = [{ line: 1, reason: 'duplicate', decision: 'deny' }];
        draft.decided.result = decidedAnew(draft, body);
      },
    ],
    ['goes by a version of the plan that was not in force', 'plan', (draft) => (draft.planVersion = 2)],
    ['goes by another plan', 'plan', (draft) => (draft.planId = 'another')],
    ['is about another claim', 'other-claim', (draft) => (draft.claimId = 'x'.repeat(22))],
    ['authorizes what nobody asked for', 'authorized', (draft) => (draft.decided.authorized = [authorized])],
    [
      'pays by a person, and says that the rule did',
      'override',
      (draft) => (draft.decided.overrides = [{ line: 1, benefit: 12_500, why: 'goodwill' }]),
    ],
    [
      'pays by a person more than was charged',
      'override',
      (draft) => {
        draft.manner = 'person';
        draft.decided.overrides = [{ line: 1, benefit: 12_501, why: 'goodwill' }];
      },
    ],
    [
      'takes the claim back without a claim that says so',
      'reversal',
      (draft) => Object.assign(draft, { decided: null, reversedBy: 'x'.repeat(22) }),
    ],
  ])('differs where it %s', async (_, problem, change) => {
    const { verdict, problems } = await checkAdjudication(await lying((draft) => change(draft, papers.body)));
    expect([verdict, problems]).toEqual(['differs', expect.arrayContaining([problem])]);
  });

  const authorized = {
    ...{ id: `${'k'.repeat(22)}.1`, service: snomed('390906007'), days: { from: '2026-01-01', until: null }, units: 1 },
  };

  it('differs where a person paid beside the rule and the public entry does not mark it; marked, it agrees', async () => {
    const paid = (draft: Draft): void => {
      draft.manner = 'person';
      draft.decided.overrides = [{ line: 1, benefit: 12_500, why: 'goodwill' }];
    };
    expect(await checkAdjudication(await lying(paid))).toEqual({ verdict: 'agrees', problems: [] });
    expect(await checkAdjudication(await lying(paid, {}, { isOverridden: false }))).toEqual({
      verdict: 'differs',
      problems: ['not-marked'],
    });
  });

  it('differs where the public entry tells another outcome', async () => {
    const entry = await enter(papers.document, { outcome: 'queued' });
    expect((await checkAdjudication({ ...papers, entry })).problems).toEqual(['not-marked']);
  });

  it.each<[string, (papers: AdjudicationPapers) => Partial<AdjudicationPapers>]>([
    ['document', ({ document }) => ({ document: { ...document, note: 'another' } })],
    ['body', ({ body }) => ({ body: { ...body, currency: 'EUR' } })],
    ['coverage', ({ terms: signed }) => ({ terms: { ...signed, isInNetwork: false } })],
  ])('differs where the %s is not the one to which the ledger commits', async (_, change) => {
    expect(await checkAdjudication({ ...papers, ...change(papers) })).toEqual({ verdict: 'differs', problems: ['not-committed'] });
  });

  it('differs where a newer version of the plan, or of the coverage, was there before the claim', async () => {
    const next = { ...published, version: 2, plan: { ...plan, version: 2 }, publishedAt: '2026-02-01T00:00:00.000Z' as never };
    expect((await checkAdjudication({ ...papers, plans: [published, next] })).problems).toEqual(['plan']);
    const later = { ...next, publishedAt: '2026-03-03T00:00:00.000Z' as never };
    expect((await checkAdjudication({ ...papers, plans: [published, later] })).verdict).toBe('agrees');
    const versions = [...papers.versions, await newVersion(2, 'suspended', '2026-02-01T00:00:00.000Z')];
    expect((await checkAdjudication({ ...papers, versions })).problems).toEqual(['coverage']);
    expect((await checkAdjudication({ ...papers, entry: await enter(papers.document, { coverageVersion: 2 }) })).problems).toEqual([
      'coverage',
    ]);
  });

  it('goes on from what the place before left, and says so as long as that is not at hand', async () => {
    const body = newBody('l'.repeat(22));
    const claim = await newClaim(body);
    const first = { document: papers.document, use: 'claim' as const };
    const honest = changed(decide(claim, body, papers, usedAfter(first)), (draft) => (draft.position = 2));
    const second = { ...papers, claim, body, document: honest, entry: await enter(honest), others: [first] };
    expect(await checkAdjudication(second)).toEqual({ verdict: 'agrees', problems: [] });
    expect(await checkAdjudication({ ...second, others: [] })).toEqual({ verdict: 'incomplete', problems: [] });
    const twice = changed(decide(claim, body, papers), (draft) => (draft.position = 2));
    expect((await checkAdjudication({ ...second, document: twice, entry: await enter(twice) })).problems).toEqual(['before']);
    const same = changed(honest, (draft) => (draft.position = 1));
    expect((await checkAdjudication({ ...second, document: same, entry: await enter(same) })).problems).toContain('position');
  });

  it('takes back what the claim used before it is decided again, or taken back', async () => {
    const first = { document: papers.document, use: 'claim' as const };
    const again = changed(papers.document, (draft) => Object.assign(draft, { n: 2, position: 2 }));
    expect(await checkAdjudication({ ...papers, document: again, entry: await enter(again), others: [first] })).toMatchObject({
      verdict: 'agrees',
    });
    const kept = changed(again, (draft) => (draft.before = usedAfter(first)));
    expect((await checkAdjudication({ ...papers, document: kept, entry: await enter(kept), others: [first] })).problems).toContain(
      'before',
    );
    const related = { claimId: papers.claim.claimId, relationship: 'reversal' };
    const reversal = newBody('m'.repeat(22), { related, lines: [] });
    const reversing = await newClaim(reversal);
    const taken = changed(again, (draft) => Object.assign(draft, { decided: null, reversedBy: reversing.claimId }));
    const reversed = { ...papers, document: taken, entry: await enter(taken), others: [first], reversing };
    expect(await checkAdjudication(reversed)).toEqual({ verdict: 'agrees', problems: [] });
    expect(await checkAdjudication({ ...reversed, reversing: await newClaim(body()) })).toEqual({
      verdict: 'differs',
      problems: ['reversal'],
    });
  });

  const body = (): ClaimBody => newBody('n'.repeat(22));
});
