import {
  newError,
  referralKey,
  studyKey,
  type LedgerEvent,
  type MspId,
  type Referral,
  type Study,
  type TransactionRequest,
} from '../model';
import { withAnyOther, type Ledger } from '../ledger';
import { approveStudy, endReferral, endStudy, registerReferral, type Attested } from '../proof';
import { membersOf, participantOf, relationOf, rulesOf } from './facts';
import { entryOf } from './attested';
import { referralOf, studyOf } from './proof-facts';

export async function registerReferralDesk(ledger: Ledger, request: TransactionRequest<'RegisterReferral'>): Promise<Referral> {
  const { relationRef, referralId } = request;
  const relation = await relationOf(ledger, relationRef);
  const standing = await referralOf(ledger, relation, referralId);
  const referral = registerReferral(request, { relation, standing }, participantOf(ledger.caller), ledger.now);
  return record(ledger, { key: referralKey(relationRef, referralId), standing, author: relation.custodian }, referral, {
    name: 'ReferralRegistered',
    ids: { relationRef, referralId },
  });
}

export async function endReferralDesk(ledger: Ledger, request: TransactionRequest<'EndReferral'>): Promise<Referral> {
  const { relationRef, referralId } = request;
  const relation = await relationOf(ledger, relationRef);
  const standing = await referralOf(ledger, relation, referralId);
  const referral = endReferral(request, { relation, standing }, ledger.caller.mspId, ledger.now);
  return record(ledger, { key: referralKey(relationRef, referralId), standing, author: relation.custodian }, referral, {
    name: 'ReferralEnded',
    ids: { relationRef, referralId },
  });
}

export async function approveStudyDesk(ledger: Ledger, request: TransactionRequest<'ApproveStudy'>): Promise<Study> {
  const { studyId } = request;
  const standing = await studyOf(ledger, studyId);
  const study = approveStudy(request, { rules: await rulesOf(ledger), standing }, participantOf(ledger.caller), ledger.now);
  return record(ledger, { key: studyKey(studyId), standing, author: study.authority }, study, { name: 'StudyApproved', ids: { studyId } });
}

export async function endStudyDesk(ledger: Ledger, request: TransactionRequest<'EndStudy'>): Promise<Study> {
  const { studyId } = request;
  const standing = await studyOf(ledger, studyId);
  const study = endStudy(request, standing, ledger.caller.mspId, ledger.now);
  return record(ledger, { key: studyKey(studyId), standing, author: study.authority }, study, { name: 'StudyEnded', ids: { studyId } });
}

/** Writes an entry that its author attests to. Later neither the author alone nor all others together change it. */
async function record<T extends object>(
  ledger: Ledger,
  { key, standing, author }: { readonly key: string; readonly standing: Attested<T>; readonly author: MspId },
  entry: T,
  event: LedgerEvent,
): Promise<T> {
  if (entry === standing) return entry;
  await ledger.write(key, entry);
  await ledger.attest(author, key, entry);
  await ledger.protect(key, withAnyOther(author, membersOf(await rulesOf(ledger))));
  ledger.emit(event);
  return entry;
}

/** As its custodian attests to it. */
export async function getReferralDesk(ledger: Ledger, { relationRef, referralId }: TransactionRequest<'GetReferral'>): Promise<Referral> {
  const referral = entryOf(await referralOf(ledger, await relationOf(ledger, relationRef), referralId));
  if (referral === undefined) throw newError('REFERRAL_NOT_FOUND', { relationRef, referralId });
  return referral;
}

/** As its authority attests to it. */
export async function getStudyDesk(ledger: Ledger, { studyId }: TransactionRequest<'GetStudy'>): Promise<Study> {
  const study = entryOf(await studyOf(ledger, studyId));
  if (study === undefined) throw newError('STUDY_NOT_FOUND', { studyId });
  return study;
}
