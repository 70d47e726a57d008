import {
  addMinutes,
  paidBy,
  parseAdjudicationDocument,
  parseJson,
  parseSigned,
  type AdjudicationDocument,
  type AdjudicationEntry,
  type ClaimEntry,
  type Instant,
  type SettledClaim,
  type SettlementDocument,
  type SettlementEntry,
} from '@medaccord/chaincode/model';
import { readBody } from '../billing/read-claim';
import type { AdjudicatedRow } from '../store';
import { listDue } from './list-due';
import { listLeftOut } from './list-left-out';
import type { SettlementOptions } from './settlement-options';

/**
 * What is wrong with a line, by what this hospital knows: `claim` is none of the two; `adjudication` is not final here; `after` was not settled
 * before; `check`: the document has not arrived, or is not what the plan says; `currency` and `benefit` are others; `missing`: the statement
 * leaves the claim out.
 */
export const lineProblems = ['claim', 'adjudication', 'after', 'check', 'currency', 'benefit', 'missing'] as const;
export type LineProblem = (typeof lineProblems)[number];

export interface DifferingLine {
  readonly relationRef: string;
  readonly claimId: string;
  readonly n: number;
  readonly problems: readonly LineProblem[];
}

type Options = Pick<SettlementOptions, 'facts' | 'store' | 'sealed'>;

/** How long before it comes an insurer can have drawn up a statement. */
const mostMinutesBefore = 60;

/** Compares a statement that waits for the hospital's signature with what this hospital worked out itself: the lines that differ. */
export async function checkStatement(
  options: Options,
  settlement: SettlementEntry,
  document: SettlementDocument,
): Promise<readonly DifferingLine[]> {
  const lines = await Promise.all(
    document.claims.map(async (line) => ({ ...nameOf(line), problems: await problemsOf(options, settlement, line) })),
  );
  return [...lines.filter(({ problems }) => problems.length > 0), ...(await listMissing(options, settlement, document))];
}

async function problemsOf(options: Options, { hospital, insurer }: SettlementEntry, line: SettledClaim): Promise<readonly LineProblem[]> {
  const { facts, store } = options;
  const { relationRef, claimId, n, after } = line;
  const claim = facts.find<ClaimEntry>('claim', relationRef, claimId)?.value;
  if (claim?.hospital !== hospital || claim.insurer !== insurer || claim.use !== 'claim') return ['claim'];
  const find = (id: string): AdjudicationEntry | undefined => facts.find<AdjudicationEntry>('adjudication', relationRef, id)?.value;
  const holds: Readonly<Record<Exclude<LineProblem, 'claim' | 'missing'>, boolean>> = {
    adjudication: find(`${claimId}/${String(n)}`)?.status === 'final',
    after: isSettledTo(find(claimId), after),
    check: store.adjudicated.find(line)?.verdict === 'agrees',
    currency: (await readBody(options, claim)).currency === line.currency,
    benefit: benefitOf(options, line) === line.benefit,
  };
  return lineProblems.filter((problem) => problem in holds && !holds[problem as keyof typeof holds]);
}

function isSettledTo(adjudication: AdjudicationEntry | undefined, after: number | null): boolean {
  return (adjudication?.settled?.n ?? null) === after;
}

/** What the hospital's own documents say is due. */
function benefitOf({ store }: Options, { relationRef, claimId, n, after }: SettledClaim): number {
  const paid = (of: number): number => paidByRow(store.adjudicated.find({ relationRef, claimId, n: of }));
  return paid(n) - (after === null ? 0 : paid(after));
}

/** Not a number where there is no document: equal to nothing. */
function paidByRow(row: AdjudicatedRow | undefined): number {
  if (row === undefined || row.document === '') return NaN;
  return paidBy(parseJson<AdjudicationDocument>(parseAdjudicationDocument, row.document, 'document'));
}

/** What was decided before the statement was drawn up, in one of its currencies, and is not in it though there was room. */
async function listMissing(
  options: Options,
  settlement: SettlementEntry,
  { claims, totals }: SettlementDocument,
): Promise<readonly DifferingLine[]> {
  const { facts } = options;
  const { hospital, insurer, number } = settlement;
  const block = facts.find('settlement', `${hospital}/${insurer}`, String(number))?.block ?? 0;
  const until = drawnUpAt(settlement);
  const decided = listDue(facts, settlement).filter(({ adjudication: { block: at, value } }) => at < block && isUpTo(until, value.at));
  const leftOut = await Promise.all(
    listLeftOut(decided, claims).map(async (due) => ({ due, currency: (await readBody(options, due.claim)).currency })),
  );
  return leftOut
    .filter(({ currency }) => currency in totals)
    .map(({ due: { adjudication } }) => ({ ...nameOf(adjudication.value), problems: ['missing'] }));
}

function isUpTo(until: Instant, at: Instant | null): boolean {
  return at !== null && at <= until;
}

/** As the insurer says, but not long before it came: what is decided while it is on its way is in the next one. */
function drawnUpAt({ proposal, proposedAt }: SettlementEntry): Instant {
  const { issuedAt } = parseSigned('settlement', proposal, 'proposal').payload;
  const earliest = addMinutes(proposedAt, -mostMinutesBefore);
  return issuedAt > earliest ? issuedAt : earliest;
}

function nameOf({ relationRef, claimId, n }: Omit<DifferingLine, 'problems'>): Omit<DifferingLine, 'problems'> {
  return { relationRef, claimId, n };
}
