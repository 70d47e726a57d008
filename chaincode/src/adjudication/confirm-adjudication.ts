import { newError, type AdjudicationEntry, type Instant, type TransactionRequest } from '../model';

/**
 * The adjudication with a second person's agreement; the standing one when that person has agreed.
 *
 * @throws ADJUDICATION_NOT_PROPOSED, ADJUDICATION_BY_SAME_PERSON
 */
export function confirmAdjudication(
  { relationRef, claimId, n, person }: TransactionRequest<'ConfirmAdjudication'>,
  standing: AdjudicationEntry,
  at: Instant,
): AdjudicationEntry {
  const { status, persons } = standing;
  if (standing.n === n && status === 'final' && persons[1] === person) return standing;
  if (standing.n !== n || status !== 'proposed') throw newError('ADJUDICATION_NOT_PROPOSED', { relationRef, claimId, n });
  if (persons.includes(person)) throw newError('ADJUDICATION_BY_SAME_PERSON', { relationRef, claimId, n });
  return { ...standing, status: 'final', persons: [...persons, person], confirmedAt: at };
}
