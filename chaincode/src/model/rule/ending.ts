import type { Decision } from '../entry';
import type { Instant } from '../instant';
import type { DeletionReason } from '../receipt';
import type { ConsentHeader } from '../signed-payload';

type Header = Pick<ConsentHeader, 'version' | 'status' | 'validity'>;

/** What a release rests on: a version of the consent, or a time box that ends by itself whatever the consent says. */
export interface ReleaseBasis {
  readonly consentVersion: number;
  readonly until: Instant | null;
  /** A legal basis alone: nothing that the patient signs ends it. */
  readonly isLegal: boolean;
  /** Of an assisted consent: a registrar ended the versions up to this one; 0: none. */
  readonly endedUpTo: number;
}

/** What a decision to release rests on. */
export function basisOf(
  { consentVersion, basis, breakGlass }: Pick<Decision, 'consentVersion' | 'basis' | 'breakGlass'>,
  endedUpTo: number,
): ReleaseBasis {
  return { consentVersion: consentVersion ?? 1, until: breakGlass?.until ?? null, isLegal: basis === 'legal-basis', endedUpTo };
}

/** What ended a release. */
export interface Ending {
  readonly reason: DeletionReason;
  readonly consentVersion: number;
}

/**
 * What ended a release by `now`; undefined as long as nothing did. A revocation, a closing or the end of an assisted consent ends every release before it for good, whatever
 * the patient permits later; the end of the validity ends it as long as no later version is there. That a later version in force no longer
 * permits the records (`narrowed`) only its document tells.
 *
 * @param headers the signed versions of the consent, in their order
 */
export function findEnding(basis: ReleaseBasis, headers: readonly Header[], now: Instant): Ending | undefined {
  const { consentVersion, until, isLegal, endedUpTo } = basis;
  if (isLegal) return undefined;
  if (until !== null) return until <= now ? { reason: 'time-box-ended', consentVersion } : undefined;
  const ended = headers.find(({ version, status }) => version > consentVersion && status !== 'in-force');
  if (ended !== undefined) return { reason: endOf(ended), consentVersion: ended.version };
  if (endedUpTo >= consentVersion) return { reason: 'consent-ended', consentVersion: endedUpTo };
  const newest = headers.at(-1);
  return newest !== undefined && isExpired(newest, now) ? { reason: 'expired', consentVersion: newest.version } : undefined;
}

/**
 * Tells whether a version of the consent ends a release for a reason: what a deletion receipt must hold up to. For `expired` the header must
 * be of the newest version; a time box ends whatever stands there.
 */
export function isEnding(ending: Ending, header: Header | undefined, basis: ReleaseBasis, now: Instant): boolean {
  const { until, isLegal, endedUpTo } = basis;
  if (isLegal) return false;
  if (until !== null) return ending.reason === 'time-box-ended' && until <= now;
  if (ending.reason === 'consent-ended') return ending.consentVersion >= basis.consentVersion && ending.consentVersion <= endedUpTo;
  return header?.version === ending.consentVersion && isEndedBy(header, ending, basis, now);
}

function isEndedBy(header: Header, { reason, consentVersion }: Ending, basis: ReleaseBasis, now: Instant): boolean {
  if (reason === 'expired') return consentVersion >= basis.consentVersion && isExpired(header, now);
  return consentVersion > basis.consentVersion && reason === (header.status === 'in-force' ? 'narrowed' : endOf(header));
}

function endOf({ status }: Header): 'relation-closed' | 'consent-revoked' {
  return status === 'closed' ? 'relation-closed' : 'consent-revoked';
}

function isExpired({ status, validity }: Header, now: Instant): boolean {
  return status === 'in-force' && validity !== null && validity.until <= now;
}
