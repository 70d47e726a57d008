import {
  formatCanonical,
  recordKey,
  recordStatusKey,
  subjectPreimage,
  type ClaimEntry,
  type RecordAnchor,
  type RecordId,
  type RecordStatus,
  type ReturnReason,
  type Salt,
  type SubjectRef,
} from '@medaccord/chaincode/model';
import type { OpenedClaim } from '../claim-papers/open-claim';
import { tagOf } from '../claim-papers/tag-of';
import { commit } from '../crypto';
import type { AdjudicationOptions } from './adjudication-options';

type Options = Pick<AdjudicationOptions, 'facts'>;

/**
 * Looks for what is wrong with the items of a body that opens: the insurer's chaincode refuses to decide such a claim, so it goes back. Any
 * other record that cannot support its line is stated as evidence (gather-evidence.ts).
 */
export async function findFault(options: Options, { claim, body }: OpenedClaim, subjectRef: SubjectRef): Promise<ReturnReason | undefined> {
  for (const { item } of body.lines)
    if (!(await isOfSubject(options, claim, { ...item, version: 1, subjectRef }))) return 'record-not-of-patient';
  const tags = claim.use === 'claim' ? body.lines.map(tagOf) : [];
  return formatCanonical(tags) === formatCanonical(claim.tags) ? undefined : 'tag-mismatch';
}

/** Whether a record that a line names can support it: anchored, in a group that counts, about this patient, and not entered in error. */
export async function isSound({ facts }: Options, { hospital }: ClaimEntry, named: NamedVersion): Promise<boolean> {
  const { recordId, version } = named;
  const status = facts.findKey<RecordStatus>(recordStatusKey(hospital, recordId))?.value.status;
  if (status === 'entered-in-error' || !facts.counts(hospital, recordId, version)) return false;
  return isOfSubject({ facts }, { hospital }, named);
}

/** A version of a record with the salt that opens whose it is. */
export interface NamedVersion {
  readonly recordId: RecordId;
  readonly version: number;
  readonly subjectSalt: Salt;
  readonly subjectRef: SubjectRef;
}

async function isOfSubject(
  { facts }: Options,
  { hospital }: Pick<ClaimEntry, 'hospital'>,
  { recordId, version, subjectSalt, subjectRef }: NamedVersion,
): Promise<boolean> {
  const anchor = facts.findKey<RecordAnchor>(recordKey(hospital, recordId, version))?.value;
  return anchor !== undefined && anchor.subject === (await commit(subjectPreimage(subjectRef, subjectSalt)));
}
