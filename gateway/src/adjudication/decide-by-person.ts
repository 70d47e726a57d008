import {
  claimReasons,
  type AdjudicationDocument,
  type AdjudicationEntry,
  type ClaimEntry,
  type ClaimId,
  type LineOverride,
  type RelationRef,
} from '@medaccord/chaincode/model';
import { openClaim, type OpenedClaim } from '../claim-papers/open-claim';
import { openAdjudication } from '../claim-papers/read-chain';
import { newError } from '../problem';
import type { AdjudicationOptions } from './adjudication-options';
import { planOf, type PersonsWord } from './draft';
import { joinEvidence, readReleased, withUnsound, type Evidence } from './gather-evidence';
import { openCoverage, type OpenedCoverage } from './open-coverage';
import { submitAdjudications, type DecidingPerson } from './submit-adjudications';

export interface ClaimName {
  readonly relationRef: RelationRef;
  readonly claimId: ClaimId;
}

/** A claim that this insurer got. @throws CodedError RESOURCE_NOT_FOUND */
export function findOwnClaim(
  { facts, mspId }: Pick<AdjudicationOptions, 'facts' | 'mspId'>,
  { relationRef, claimId }: ClaimName,
): ClaimEntry {
  const claim = facts.find<ClaimEntry>('claim', relationRef, claimId)?.value;
  if (claim?.insurer !== mspId) throw newError('RESOURCE_NOT_FOUND', 'This insurer got no such claim');
  return claim;
}

/**
 * Decides a claim as a person says: what the rule put before one is cleared or denied, line by line; beside the rule a line may be paid in
 * another way, marked as such. What was said before stands until it is said otherwise; with nothing new said, the rule decides again, on the
 * evidence that has come since.
 * @throws CodedError RESOURCE_NOT_FOUND; REQUEST_INVALID for what nobody can clear and lines that the claim has not; NOT_READY as long as
 * something sealed has not arrived; of the ledger
 */
export async function decideByPerson(
  options: AdjudicationOptions,
  name: ClaimName,
  word: PersonsWord,
  by: DecidingPerson,
): Promise<AdjudicationEntry> {
  const claim = findOwnClaim(options, name);
  return options.alone(claim, async () => {
    const coverage = await openCoverage(options, claim);
    const opened = await openClaim(options, claim);
    if (typeof coverage !== 'object' || typeof opened !== 'object')
      throw newError('NOT_READY', 'What this claim is decided by has not arrived here, or is not what the ledger commits to');
    const standing = options.facts.find<AdjudicationEntry>('adjudication', name.relationRef, name.claimId)?.value;
    if (standing === undefined) throw newError('RESOURCE_NOT_FOUND', 'This insurer got no such claim');
    const previous = standing.n === 0 ? undefined : await openAdjudication(options, standing);
    assertFits(word, opened);
    const evidence = await withUnsound(options, opened, coverage.subjectRef, await evidenceOf(options, { coverage, opened, previous }));
    const act = { evidence, word: merge(previous, word) };
    const [entry] = await submitAdjudications(options, coverage, [{ ...opened, standing, previous, act }], by);
    if (entry === undefined) throw newError('LEDGER_UNKNOWN', 'The ledger answered without an adjudication');
    return entry;
  });
}

/**
 * A second person agrees to what a first one decided above the limit of the rules.
 * @throws CodedError RESOURCE_NOT_FOUND; ADJUDICATION_NOT_PROPOSED, ADJUDICATION_BY_SAME_PERSON of the ledger
 */
export async function confirmDecision(
  options: AdjudicationOptions,
  name: ClaimName,
  n: number,
  { identity, person }: DecidingPerson,
): Promise<AdjudicationEntry> {
  const claim = findOwnClaim(options, name);
  return options.alone(claim, async () => {
    const operation = `confirm/${name.claimId}/${String(n)}/${person}`;
    const request = { ...name, n, person };
    const { result, block } = await options.transactions.submit('ConfirmAdjudication', request, { operation, identity, mayLag: true });
    await options.projector.waitForBlock(block);
    return result;
  });
}

/** What the rule was told stays, for a release may have ended since; what has come since is told, too. */
async function evidenceOf(
  options: AdjudicationOptions,
  { coverage, opened, previous }: { coverage: OpenedCoverage; opened: OpenedClaim; previous: AdjudicationDocument | undefined },
): Promise<Evidence> {
  const decided = previous?.decided ?? undefined;
  const plan = planOf(coverage, opened);
  return joinEvidence([
    ...(decided === undefined ? [] : [{ evidence: decided.facts.evidence, releases: decided.releases }]),
    ...(plan === undefined ? [] : [await readReleased(options, opened, plan.plan)]),
  ]);
}

function assertFits({ decisions, overrides }: PersonsWord, { body }: OpenedClaim): void {
  const lines = new Set(body.lines.map(({ sequence }) => sequence));
  const problems = [
    ...[...decisions, ...overrides].filter(({ line }) => !lines.has(line)).map(() => 'names a line that the claim has not'),
    ...decisions
      .filter(({ reason, decision }) => decision === 'clear' && !('canClear' in claimReasons[reason]))
      .map(({ reason }) => `clears ${reason}, which nobody can`),
    ...overrides
      .filter(({ line, benefit }) => benefit > (body.lines.find(({ sequence }) => sequence === line)?.charge ?? 0))
      .map(() => 'pays more than the line charges'),
  ];
  if (problems.length === 0) return;
  throw newError('REQUEST_INVALID', `body: ${problems[0] ?? ''}`, {
    details: { problems: problems.map((problem) => ({ place: 'body', problem })) },
  });
}

function merge(previous: AdjudicationDocument | undefined, { decisions, overrides, note }: PersonsWord): PersonsWord {
  const decided = previous?.decided;
  const said = new Map((decided?.facts.decisions ?? []).map((one) => [`${String(one.line)}/${one.reason}`, one]));
  for (const one of decisions) said.set(`${String(one.line)}/${one.reason}`, one);
  const paid = new Map<number, LineOverride>((decided?.overrides ?? []).map((one) => [one.line, one]));
  for (const one of overrides) paid.set(one.line, one);
  return { decisions: [...said.values()], overrides: [...paid.values()], ...(note !== undefined && { note }) };
}
