import {
  appealOpinionRef,
  appealRef,
  formatCanonical,
  formatUtf8,
  groundsPreimage,
  opinionPreimage,
  parseAppealPaper,
  parseJson,
  type AppealPaper,
  type Digest,
  type MspId,
  type Organisation,
  type Salt,
} from '@medaccord/chaincode/model';
import { assertOpens, seal } from '../crypto';
import { digestOf } from '../ledger/digest';
import { newError, readCode } from '../problem';
import { findSealingKey } from '../sealed/find-sealing-key';
import type { Facts, LocalKey, Parcel } from '../store';
import type { AppealOptions } from './appeal-options';

/** The two papers of an appeal: where each lies, and how the ledger commits to it. */
export const papers = {
  appeal: { refOf: appealRef, preimage: groundsPreimage },
  'appeal-opinion': { refOf: appealOpinionRef, preimage: opinionPreimage },
} as const;
export type PaperKind = keyof typeof papers;

/** One salt per operation: repeated, it writes the same paper. */
export function saltOf(key: LocalKey, operation: string): Salt {
  return Buffer.from(key.name('appeal-salt', operation), 'base64url').subarray(0, 16).toString('base64url') as Salt;
}

/** Seals a paper to members. @throws CodedError ORGANISATION_NOT_FOUND */
export function sealPaper(facts: Facts, kind: PaperKind, paper: AppealPaper, to: readonly MspId[]): Promise<readonly Parcel[]> {
  const place = papers[kind].refOf(paper.relationRef, paper.claimId, paper.number);
  const plain = formatUtf8(formatCanonical(paper));
  const sealTo = async (organisation: MspId): Promise<Parcel> => {
    const keys = facts.find<Organisation>('organisation', organisation)?.value.encryption;
    if (keys === undefined) throw newError('ORGANISATION_NOT_FOUND', `${organisation} has not registered its keys`);
    return { ...place, kind, organisation, envelope: await seal(findSealingKey(keys), { ...place, recipient: organisation }, plain) };
  };
  return Promise.all(to.map(sealTo));
}

/** What an entry names of parcels: the SHA-256 of each member's envelope. */
export function digestsOf(parcels: readonly Parcel[]): Readonly<Record<MspId, Digest>> {
  return Object.fromEntries(parcels.map(({ organisation, envelope }) => [organisation, digestOf(envelope)]));
}

/** The words of a paper in the own collection; null as long as it has not arrived, and where it is not the one that was committed to. */
export async function openWords(
  { sealed }: Pick<AppealOptions, 'sealed'>,
  kind: PaperKind,
  name: Pick<AppealPaper, 'relationRef' | 'claimId' | 'number'>,
  commitment: string,
): Promise<string | null> {
  const { refOf, preimage } = papers[kind];
  try {
    const text = await sealed.openText(refOf(name.relationRef, name.claimId, name.number));
    if (text === undefined) return null;
    const paper = parseJson(parseAppealPaper, text, kind);
    await assertOpens(commitment, preimage(paper));
    return paper.text;
  } catch (error) {
    if (unreadable.includes(readCode(error) ?? '')) return null;
    throw error;
  }
}

const unreadable = ['DECRYPT_FAILED', 'COMMITMENT_MISMATCH', 'REQUEST_INVALID'];
