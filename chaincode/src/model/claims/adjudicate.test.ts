import { claimVectors, questionOfClaim, tellLine, type ClaimVector } from '../../../test/support/claim-vectors';
import { secondAdjudication } from '../../../test/support/second-adjudication';
import { formatCanonical } from '../encoding/canonical-json';
import { adjudicate } from './adjudicate';
import type { Adjudication } from './adjudication';
import { reasonCodes } from './claim-reason';
import { evidenceNeeded } from './evidence-needed';

const all = [...claimVectors.byHand, ...claimVectors.bySecond];
const named = (vectors: readonly ClaimVector[]): [string, ClaimVector][] => vectors.map((vector) => [vector.name, vector]);

function decide(vector: Pick<ClaimVector, 'lines'>): Adjudication {
  const { plan, used, claim, facts } = questionOfClaim(vector);
  return adjudicate(plan, used, claim, facts);
}

describe('the rule of adjudication', () => {
  test.each(named(claimVectors.byHand))('by hand: %s', (_, vector) => {
    const answer = decide(vector);
    expect(answer.lines.map(tellLine)).toEqual(vector.answer);
    expect(answer.used).toEqual(vector.adds);
  });

  test.each(named(claimVectors.bySecond))('%s', (_, vector) => {
    const answer = decide(vector);
    expect(answer.lines.map(tellLine)).toEqual(vector.answer);
    expect(answer.used).toEqual(vector.adds);
  });

  test.each(named(all))('the second implementation gives the same bytes: %s', (_, vector) => {
    const { plan, used, claim, facts } = questionOfClaim(vector);
    expect(formatCanonical(decide(vector))).toBe(formatCanonical(secondAdjudication(plan, used, claim, facts)));
  });

  test('has more than a hundred and fifty vectors, thirty of them worked out by hand, each with a name of its own, and one for every reason', () => {
    const reasons = new Set(
      all.flatMap((vector) => decide(vector).lines.flatMap(({ adjustments }) => adjustments.map(({ reason }) => reason))),
    );
    expect([...reasons].sort()).toEqual([...reasonCodes].sort());
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    expect(all.length).toBeGreaterThanOrEqual(150);
    expect(claimVectors.byHand.filter(({ how = '' }) => how.length > 0).length).toBeGreaterThanOrEqual(30);
  });
});

describe('the evidence that a plan needs', () => {
  const needed = (evidence: readonly object[], lines: readonly object[]): unknown => {
    const { plan, claim } = questionOfClaim({ plan: { evidence }, lines });
    return evidenceNeeded(plan, claim);
  };
  const rule = (id: string, services: object, recordTypes: readonly string[]): object => ({
    id,
    services,
    recordTypes,
    otherwise: 'review',
  });

  test('is named for each line that some rule is about, each kind once, and nothing for the others', () => {
    const rules = [
      rule('visit', { categories: ['visits'] }, ['Encounter']),
      rule('imaged', { recordTypes: ['ImagingStudy'] }, ['ImagingStudy', 'Encounter']),
    ];
    const surgery = { service: { system: 'urn:s', code: 'surgery' } };
    expect(needed(rules, [{}, { recordTypes: ['ImagingStudy'] }, surgery])).toEqual([
      { line: 1, recordTypes: ['Encounter'] },
      { line: 2, recordTypes: ['Encounter', 'ImagingStudy'] },
    ]);
  });

  test('is nothing where the plan asks for nothing', () => {
    expect(needed([], [{}, {}])).toEqual([]);
  });
});
