import type { ClaimBody, Digest, MspId, TransactionRequest, TransactionResponse } from '../../src/model';
import type { Sending } from './consortium-twin';
import { PERSON } from './claim-story';
import { AUTHORITY, HOSPITAL, INSURER, type Consortium } from './story';
import { ISSUED, sha256, signAs, type KeyPair } from './wallet';

type Appealing = TransactionRequest<'AppealClaim'>;
type Deciding = TransactionRequest<'DecideAppeal'>;

/** What is sealed to an organisation, as far as a ledger can tell. */
export const paperEnvelope = (what: string, mspId: string): string => `${what} for ${mspId}`;

const sealedTo = (what: string, parties: readonly MspId[]): Record<MspId, Digest> =>
  Object.fromEntries(parties.map((mspId) => [mspId, sha256(paperEnvelope(what, mspId))])) as Record<MspId, Digest>;
const partiesOf = (level: Appealing['level']): readonly MspId[] => [HOSPITAL, INSURER, ...(level === 'authority' ? [AUTHORITY] : [])];

/** The hospital's first appeal against the first adjudication of a claim, unless said otherwise. */
export function newAppeal(
  { relationRef, claimId }: Pick<ClaimBody, 'relationRef' | 'claimId'>,
  change: Partial<Appealing> = {},
): Appealing {
  const level = change.level ?? 'insurer';
  const grounds = sha256('grounds') as Appealing['grounds'];
  const whom = { level, authority: level === 'authority' ? AUTHORITY : null, sealed: sealedTo('grounds', partiesOf(level)) };
  return { relationRef, claimId, number: 1, n: 1, ...whom, grounds, statement: null, ...change };
}

/** The same appeal, made by the patient. */
export function sign({ statement: _, ...said }: Appealing, key: KeyPair): Appealing {
  return { ...said, statement: signAs('appeal', { ...said, issuedAt: ISSUED }, key) };
}

export async function appeal(twin: Consortium, request: Appealing, sending?: Sending): Promise<TransactionResponse<'AppealClaim'>> {
  return twin.submit(await twin.identity(HOSPITAL, 'records'), 'AppealClaim', request, sending);
}

/** A decision of an appeal by somebody who has not adjudicated. */
export function newDecision(
  { relationRef, claimId, number, level }: Pick<Appealing, 'relationRef' | 'claimId' | 'number' | 'level'>,
  change: Partial<Deciding> = {},
): Deciding {
  const sealed = sealedTo('opinion', partiesOf(level));
  const [opinion, notice] = [sha256('opinion') as Deciding['opinion'], sha256(paperEnvelope('notice', HOSPITAL)) as Digest];
  const person = sha256(`other than ${PERSON}`) as Deciding['person'];
  return { relationRef, claimId, number, outcome: 'upheld', opinion, sealed, notice, person, ...change };
}
