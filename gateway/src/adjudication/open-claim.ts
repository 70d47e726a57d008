import {
  claimPreimage,
  claimRef,
  formatCanonical,
  parseClaimBody,
  parseJson,
  recordKey,
  recordStatusKey,
  subjectPreimage,
  type ClaimBody,
  type ClaimEntry,
  type RecordAnchor,
  type RecordId,
  type RecordStatus,
  type ReturnReason,
  type Salt,
  type SubjectRef,
} from '@medaccord/chaincode/model';
import { tagOf } from '../billing/tag-of';
import { commit } from '../crypto';
import { readCode } from '../problem';
import type { AdjudicationOptions } from './adjudication-options';

type Options = Pick<AdjudicationOptions, 'facts' | 'sealed'>;

/** A claim whose body is what its hospital commits to. */
export interface OpenedClaim {
  readonly claim: ClaimEntry;
  readonly body: ClaimBody;
}

/** Opens the body of a claim; nothing as long as it has not arrived, the reason for which it goes back when it is not the one. */
export async function openClaim(options: Options, claim: ClaimEntry): Promise<OpenedClaim | 'body-mismatch' | undefined> {
  const { relationRef, claimId } = claim;
  const text = await readText(options, claim);
  if (text === undefined) return undefined;
  const body = parseBody(text);
  if (body === undefined || (await commit(claimPreimage(body))) !== claim.body) return 'body-mismatch';
  const named = (one: Pick<ClaimBody, 'use' | 'coverageId' | 'related'>): string =>
    formatCanonical([relationRef, claimId, one.use, one.coverageId, one.related]);
  const isNamed = body.relationRef === relationRef && body.claimId === claimId && named(body) === named(claim);
  return isNamed ? { claim, body } : 'body-mismatch';
}

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
export async function isSound({ facts }: Pick<Options, 'facts'>, { hospital }: ClaimEntry, named: NamedVersion): Promise<boolean> {
  const { recordId, version } = named;
  const status = facts.findKey<RecordStatus>(recordStatusKey(hospital, recordId))?.value.status;
  if (status === 'entered-in-error' || !facts.counts(hospital, recordId, version)) return false;
  return isOfSubject({ facts }, { hospital }, named);
}

/** What somebody sealed that does not open is as good as another body. */
async function readText({ sealed }: Options, { relationRef, claimId }: ClaimEntry): Promise<string | undefined> {
  try {
    return await sealed.openText(claimRef(relationRef, claimId));
  } catch (error) {
    if (readCode(error) === 'DECRYPT_FAILED') return '';
    throw error;
  }
}

function parseBody(text: string): ClaimBody | undefined {
  try {
    const body = parseJson(parseClaimBody, text, 'body');
    return formatCanonical(body) === text ? body : undefined;
  } catch {
    return undefined;
  }
}

/** A version of a record with the salt that opens whose it is. */
export interface NamedVersion {
  readonly recordId: RecordId;
  readonly version: number;
  readonly subjectSalt: Salt;
  readonly subjectRef: SubjectRef;
}

async function isOfSubject(
  { facts }: Pick<Options, 'facts'>,
  { hospital }: Pick<ClaimEntry, 'hospital'>,
  { recordId, version, subjectSalt, subjectRef }: NamedVersion,
): Promise<boolean> {
  const anchor = facts.findKey<RecordAnchor>(recordKey(hospital, recordId, version))?.value;
  return anchor !== undefined && anchor.subject === (await commit(subjectPreimage(subjectRef, subjectSalt)));
}
