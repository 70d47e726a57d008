import { newError, type Instant, type MspId, type Study, type TransactionRequest } from '../model';
import type { Attested } from './attested';

/**
 * The entry of a study whose approval its authority ends now; the standing one when it is ended.
 *
 * @throws STUDY_NOT_FOUND, STUDY_NOT_OWN
 */
export function endStudy({ studyId }: TransactionRequest<'EndStudy'>, standing: Attested<Study>, caller: MspId, at: Instant): Study {
  if (standing === undefined || standing === 'junk') throw newError('STUDY_NOT_FOUND', { studyId });
  if (standing.authority !== caller) throw newError('STUDY_NOT_OWN', { authority: standing.authority });
  return standing.endedAt === null ? { ...standing, endedAt: at } : standing;
}
