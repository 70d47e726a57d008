import {
  addMinutes,
  defaultClaimRules,
  formatAppeal,
  formatCanonical,
  isSameStatement,
  newError,
  RequestInvalid,
  type AdjudicationEntry,
  type Appeal,
  type AppealEntry,
  type ClaimId,
  type Instant,
  type Participant,
  type RelationEntry,
  type Rules,
  type Signed,
  type TransactionRequest,
} from '../model';
import { assertSignedBy } from '../signature';
import { checkOpen } from './check-open';

type Request = TransactionRequest<'AppealClaim'>;

/** What an appeal rests on. */
export interface AppealFacts {
  readonly relation: RelationEntry;
  readonly rules: Rules;
  /** The claim's newest adjudication. */
  readonly adjudication: AdjudicationEntry;
  /** The later claim that took its place. */
  readonly replacedBy: ClaimId | null;
  /** Those of the claim that count, in their order. */
  readonly appeals: readonly Appeal[];
  /** What stands under the number. */
  readonly standing: AppealEntry | 'junk' | undefined;
  /** Whether anything stands at the number before: what others wrote there stops that number only. */
  readonly isContinued: boolean;
}

const MINUTES_PER_DAY = 24 * 60;

/**
 * The entry of an appeal by hospital or patient; the standing one when it is the same. The insurer decides first, an authority after it, or
 * once the insurer's time is over.
 *
 * @throws CALLER_NOT_CUSTODIAN, CALLER_NOT_ALLOWED, SIGNATURE_INVALID, APPEAL_NUMBER_TAKEN, APPEAL_NUMBER_SKIPPED, APPEAL_NOT_OPEN; RequestInvalid
 */
export function appealClaim(
  request: Request,
  signed: Signed<'appeal'> | undefined,
  facts: AppealFacts,
  { by, at }: { readonly by: Participant; readonly at: Instant },
): AppealEntry {
  const { relationRef, claimId, number } = request;
  const { standing } = facts;
  assertParty(request, signed, facts.relation, by);
  if (standing !== undefined) {
    if (standing === 'junk' || !isSame(standing, request)) throw newError('APPEAL_NUMBER_TAKEN', { relationRef, claimId, n: number });
    return standing;
  }
  if (number > 1 && !facts.isContinued) throw newError('APPEAL_NUMBER_SKIPPED', { relationRef, claimId, n: number });
  const party = signed === undefined ? 'hospital' : 'patient';
  const { appealDays, appealDecisionDays } = facts.rules.claims ?? defaultClaimRules;
  assertRecipients(request, facts);
  const from = assertOpen(request, party, facts, at);
  checkOpen(request, [[at <= addMinutes(from, appealDays * MINUTES_PER_DAY), 'comes too late']]);
  const { statement, ...appeal } = request;
  return { ...appeal, party, jws: statement, by, at, decideBy: addMinutes(at, appealDecisionDays * MINUTES_PER_DAY) };
}

/** The patient by her signature, whoever brings it; the hospital by its records office or its gateway. */
function assertParty(request: Request, signed: Signed<'appeal'> | undefined, relation: RelationEntry, by: Participant): void {
  if (signed === undefined) {
    if (by.mspId !== relation.custodian) throw newError('CALLER_NOT_CUSTODIAN', { custodian: relation.custodian });
    if (by.role !== 'records' && by.role !== 'gateway')
      throw newError('CALLER_NOT_ALLOWED', { transaction: 'AppealClaim', allowed: 'role:records, role:gateway' });
    return;
  }
  if (formatAppeal(signed.payload) !== formatAppeal(request)) throw new RequestInvalid('request.statement', 'of this very appeal');
  assertSignedBy(signed, relation.keys.signing);
}

function isSame(standing: AppealEntry, request: Request): boolean {
  const [jws, statement] = [standing.jws, request.statement];
  const isSameParty = jws === null || statement === null ? jws === statement : isSameStatement(jws, statement);
  return isSameParty && formatAppeal(standing) === formatAppeal(request);
}

/** Whoever decides or is concerned can read the grounds, and nobody else is named. */
function assertRecipients({ level, authority, sealed }: Request, { relation, rules }: AppealFacts): void {
  const isAuthority = authority !== null && rules.roles[authority] === 'authority' && !rules.suspended.includes(authority);
  if (level === 'insurer' ? authority !== null : !isAuthority)
    throw new RequestInvalid('request.authority', 'a member that the rules name as an authority, at the second level alone');
  const parties = [relation.custodian, relation.counterparty, ...(authority === null ? [] : [authority])];
  if (formatCanonical(Object.keys(sealed).sort()) !== formatCanonical([...parties].sort()))
    throw new RequestInvalid('request.sealed', 'of hospital and insurer, and of the authority that is to decide');
}

/** Answers from when on the time for the appeal runs. */
function assertOpen(request: Request, party: AppealEntry['party'], facts: AppealFacts, at: Instant): Instant {
  const { n, level } = request;
  const own = facts.appeals.filter(({ appeal }) => appeal.party === party);
  const earlier = own.filter(({ appeal }) => appeal.n === n);
  checkOpen(request, [
    [isStanding(n, facts), 'is against an adjudication that does not stand'],
    [!earlier.some(({ appeal }) => appeal.level === level), 'was made already'],
  ]);
  const { at: decidedAt, confirmedAt = decidedAt ?? at } = facts.adjudication;
  if (level === 'insurer') return confirmedAt;
  const first = earlier.find(({ appeal }) => appeal.level === 'insurer');
  if (first !== undefined) return assertGoesOn(request, first, at);
  // An insurer that was appealed to and has decided anew keeps nobody from the authority by that.
  checkOpen(request, [[own.length > 0, 'goes to the insurer first']]);
  return confirmedAt;
}

function isStanding(n: number, { adjudication, replacedBy }: AppealFacts): boolean {
  return adjudication.n === n && adjudication.status === 'final' && adjudication.outcome !== 'reversed' && replacedBy === null;
}

/** An authority hears what the insurer did not grant, did not decide in time, or granted and did not adjudicate again in time. */
function assertGoesOn(request: Request, { appeal, decision }: Appeal, at: Instant): Instant {
  const until = decision === null ? appeal.decideBy : decision.adjudicateBy;
  if (until === null) return decision?.at ?? at;
  checkOpen(request, [[until < at, decision === null ? 'waits for the insurer' : 'was granted already']]);
  return until;
}
