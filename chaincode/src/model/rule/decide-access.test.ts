import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { categories } from '../category';
import type { ConsentDocument } from '../consent-document';
import { parseConsentDocument } from '../consent-document';
import { purposes } from '../purpose';
import { decideAccess, accessReasons, type AccessQuestion } from './decide-access';

interface Vector {
  readonly name: string;
  readonly reason: string;
  readonly sets: ConsentDocument['sets'] | null;
  readonly [input: string]: unknown;
}

const { defaults, vectors } = JSON.parse(readFileSync(join(__dirname, 'decide-access.vectors.json'), 'utf8')) as {
  defaults: Record<string, unknown>;
  vectors: Vector[];
};
const RELATION = 'R'.repeat(22);
const SALT = 'A'.repeat(22);

function questionOf(vector: Vector): AccessQuestion {
  const { kinds, status, validity, purposes: allowed, suspended, now, purpose, category, labels, ...more } = { ...defaults, ...vector };
  const document = { relationRef: more.documentRelation ?? RELATION, version: more.documentVersion ?? 1, salt: SALT, sets: vector.sets };
  return {
    relation: { custodian: 'AlphaMSP', counterparty: 'BetaMSP', kinds },
    consent: { relationRef: RELATION, version: 1, status, validity },
    document: vector.sets === null ? undefined : parseConsentDocument(document, 'document'),
    rules: { version: 3, purposes: allowed, suspended },
    now,
    purpose,
    record: { category, labels },
  } as unknown as AccessQuestion;
}

describe('the rule', () => {
  test.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    expect(decideAccess(questionOf(vector))).toEqual({
      decision: vector.reason === 'permitted' ? 'permit' : 'deny',
      reason: vector.reason,
      consentVersion: 1,
      rulesVersion: 3,
      obligations: [],
    });
  });

  test('has a vector for every reason', () => {
    expect(new Set(vectors.map(({ reason }) => reason))).toEqual(new Set(accessReasons));
    expect(vectors.length).toBeGreaterThanOrEqual(40);
  });

  const exception = fc.record(
    {
      decision: fc.constantFrom('permit' as const, 'deny' as const),
      categories: fc.uniqueArray(fc.constantFrom(...categories), { minLength: 1, maxLength: 4 }),
      purposes: fc.uniqueArray(fc.constantFrom(...purposes), { minLength: 1, maxLength: 4 }),
    },
    { requiredKeys: ['decision'] },
  );
  const sets = fc.array(
    fc.record({ base: fc.constantFrom('permit' as const, 'deny' as const), exceptions: fc.array(exception, { maxLength: 6 }) }),
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  const asked = { category: fc.constantFrom(...categories), purpose: fc.constantFrom('TREAT', 'COC', 'POPHLTH') };

  test('never permits more when a set is added, and never less when a deny is taken away', () => {
    fc.assert(
      fc.property(sets, sets, fc.record(asked), (some, more, question) => {
        const decide = (given: unknown): string =>
          decideAccess(questionOf({ name: '', reason: '', sets: given as ConsentDocument['sets'], ...question })).decision;
        if (decide([...some, ...more]) === 'permit') {
          const withoutDenies = some.map((set) => ({ ...set, exceptions: set.exceptions.filter(({ decision }) => decision === 'permit') }));
          expect(decide(some) === 'permit' || decide(more) === 'permit').toBe(true);
          expect(decide([...withoutDenies, ...more])).toBe('permit');
        }
      }),
    );
  });

  test('does not depend on the order of sets and exceptions', () => {
    fc.assert(
      fc.property(sets, fc.record(asked), (given, question) => {
        const turned = [...given].reverse().map((set) => ({ ...set, exceptions: [...set.exceptions].reverse() }));
        const reasonOf = (document: unknown): string =>
          decideAccess(questionOf({ name: '', reason: '', sets: document as ConsentDocument['sets'], ...question })).reason;
        expect(reasonOf(turned)).toBe(reasonOf(given));
      }),
    );
  });
});
