import {
  appealNoticeRef,
  formatCanonical,
  formatUtf8,
  opinionPreimage,
  type Actor,
  type AppealDecision,
  type AppealEntry,
  type AppealPaper,
  type MspId,
  type RelationEntry,
} from '@medaccord/chaincode/model';
import { commit, PATIENT, seal, sealingPublicKeyOf } from '../crypto';
import { digestOf } from '../ledger/digest';
import type { LedgerIdentity } from '../ledger/ledger';
import { newError } from '../problem';
import { deliverSoon, type ParcelStatus } from '../sealed/deliver-soon';
import type { Parcel } from '../store';
import type { AppealedClaim, AppealOptions } from './appeal-options';
import { digestsOf, saltOf, sealPaper } from './appeal-paper';

export interface AppealRuling extends AppealedClaim {
  readonly number: number;
  readonly outcome: AppealDecision['outcome'];
  readonly opinion: string;
}

/** Who decides, and in which operation. */
export interface Deciding {
  readonly identity: LedgerIdentity;
  /** The person's pseudonym. */
  readonly person: Actor;
  readonly operation: string;
}

export interface DecidedAppeal {
  readonly decision: AppealDecision;
  readonly deliveries: readonly ParcelStatus[];
}

/**
 * Decides an appeal that waits for this member; the opinion goes, sealed, to everybody who has the grounds, and to the patient. Repeating the
 * same operation is the same decision.
 * @throws CodedError RESOURCE_NOT_FOUND; APPEAL_ALREADY_DECIDED, APPEAL_BY_SAME_PERSON, APPEAL_NOT_OPEN and others of the ledger
 */
export async function decideAppeal(
  options: AppealOptions,
  { outcome, opinion: text, ...name }: AppealRuling,
  { identity, person, operation }: Deciding,
): Promise<DecidedAppeal> {
  const { store, transactions, mailer, projector } = options;
  const { relation, appeal, decision } = await findOwn(options, name);
  const paper: AppealPaper = { ...name, text, salt: saltOf(store.key, operation) };
  const opinion = await commit(opinionPreimage(paper));
  if (decision?.opinion === opinion && decision.outcome === outcome) return { decision, deliveries: [] };
  const opinions = await sealPaper(store.facts, 'appeal-opinion', paper, Object.keys(appeal.sealed) as MspId[]);
  const notice = await sealNotice(relation, paper);
  const parcels = [...opinions, notice];
  const request = { ...name, outcome, opinion, sealed: digestsOf(opinions), notice: digestOf(notice.envelope), person };
  await mailer.put(parcels);
  const { result, block } = await transactions.submit('DecideAppeal', request, {
    operation: `appeal-decision/${name.claimId}/${digestOf(formatCanonical(request))}`,
    identity,
    mayLag: true,
  });
  const delivering = deliverSoon(mailer, parcels);
  await projector.waitForBlock(block);
  return { decision: result, deliveries: await delivering };
}

async function findOwn(
  { mspId, store, transactions }: AppealOptions,
  { relationRef, claimId, number }: Pick<AppealRuling, 'relationRef' | 'claimId' | 'number'>,
): Promise<{ readonly relation: RelationEntry; readonly appeal: AppealEntry; readonly decision: AppealDecision | null }> {
  const relation = store.facts.find<RelationEntry>('relation', relationRef)?.value;
  const { appeals } = relation === undefined ? { appeals: [] } : await transactions.evaluate('GetAppeals', { relationRef, claimId });
  const found = appeals.find(({ appeal }) => appeal.number === number);
  if (relation === undefined || found === undefined || deciderOf(relation, found.appeal) !== mspId)
    throw newError('RESOURCE_NOT_FOUND', 'No such appeal is for this member to decide');
  return { relation, ...found };
}

/** The insurer, or the authority that it goes to. */
export function deciderOf({ counterparty }: RelationEntry, { authority }: AppealEntry): MspId {
  return authority ?? counterparty;
}

async function sealNotice({ custodian, keys }: RelationEntry, paper: AppealPaper): Promise<Parcel> {
  const place = appealNoticeRef(paper.relationRef, paper.claimId, paper.number);
  const plain = formatUtf8(formatCanonical(paper));
  const envelope = await seal(sealingPublicKeyOf(keys.sealing), { ...place, recipient: PATIENT }, plain);
  return { ...place, kind: 'appeal-notice', organisation: custodian, envelope };
}
