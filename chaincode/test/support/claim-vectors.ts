import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  parseAccumulators,
  parseBenefitPlan,
  parseBilledClaim,
  parseClaimFacts,
  type Accumulators,
  type BenefitPlan,
  type BilledClaim,
  type ClaimFacts,
} from '../../src/model/claims';

/** What an adjudication is asked. */
export interface ClaimQuestion {
  readonly plan: BenefitPlan;
  readonly used: Accumulators;
  readonly claim: BilledClaim;
  readonly facts: ClaimFacts;
}

/** The same as it is written in a file. */
type Written = { readonly [part in keyof ClaimQuestion]: object };

/** A claim as far as it differs from its file's defaults, with the answer that the text of the rule gives. */
export interface ClaimVector extends Partial<Written> {
  readonly name: string;
  /** The arithmetic, where a person worked it out. */
  readonly how?: string;
  readonly lines: readonly object[];
  /** Each line in words, as `tellLine` tells it. */
  readonly answer: readonly string[];
  /** What the claim adds to the accumulators. */
  readonly adds: Readonly<Record<string, number>>;
}

interface Vectors {
  readonly defaults: Written & { readonly line: object };
  readonly vectors: readonly ClaimVector[];
}

const read = (name: string): Vectors =>
  JSON.parse(readFileSync(join(__dirname, '../../src/model/claims', `${name}.vectors.json`), 'utf8')) as Vectors;
const { defaults, vectors: byHand } = read('by-hand');

/** Those that a person worked out, and those that the second implementation did. */
export const claimVectors = {
  byHand,
  bySecond: ['checks', 'money', 'counting'].flatMap((name) => read(name).vectors),
};

/** A question as it could be sent, with what a vector leaves to the defaults. */
export function writeQuestion({ plan, used, claim, facts, lines }: Omit<ClaimVector, 'name' | 'answer' | 'adds'>): Written {
  return {
    plan: { ...defaults.plan, ...plan },
    used: { ...defaults.used, ...used },
    claim: { ...defaults.claim, ...claim, lines: lines.map((line, at) => ({ sequence: at + 1, ...defaults.line, ...line })) },
    facts: { ...defaults.facts, ...facts },
  };
}

/** The questions of vectors and properties are such as can be published and sent: the parsers take them. */
export function questionOfClaim(vector: Omit<ClaimVector, 'name' | 'answer' | 'adds'>): ClaimQuestion {
  const { plan, used, claim, facts } = writeQuestion(vector);
  return {
    plan: parseBenefitPlan(plan, 'plan'),
    used: parseAccumulators(used, 'used'),
    claim: parseBilledClaim(claim, 'claim'),
    facts: parseClaimFacts(facts, 'facts'),
  };
}

interface ToldLine {
  readonly sequence: number;
  readonly outcome: string;
  readonly rule: string;
  readonly amounts: { readonly benefit: number; readonly submitted: number };
  readonly adjustments: readonly { readonly reason: string; readonly amount: number }[];
}

/** `1 paid 7500 of 10000 by categories/visits: copay 2500` */
export function tellLine({ sequence, outcome, rule, amounts, adjustments }: ToldLine): string {
  const reasons = adjustments.map(({ reason, amount }) => `${reason} ${String(amount)}`).join(', ');
  const head = `${String(sequence)} ${outcome} ${String(amounts.benefit)} of ${String(amounts.submitted)} by ${rule}`;
  return reasons === '' ? head : `${head}: ${reasons}`;
}
