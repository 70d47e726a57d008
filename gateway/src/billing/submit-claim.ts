import {
  claimPreimage,
  claimRef,
  formatCanonical,
  formatUtf8,
  type ClaimBody,
  type ClaimEntry,
  type ClaimId,
  type MspId,
  type Organisation,
  type RelationEntry,
  type Rules,
  type Salt,
  type TransactionRequest,
} from '@medaccord/chaincode/model';
import { commit, seal, type SealingPublicKey } from '../crypto';
import { digestOf } from '../ledger/digest';
import { newError, readCode } from '../problem';
import { deliverSoon, type ParcelStatus } from '../sealed/deliver-soon';
import { findSealingKey } from '../sealed/find-sealing-key';
import type { Fact, Parcel } from '../store';
import type { BillingOptions } from './billing-options';
import type { ClaimWish } from './claim-wish';
import { newClaimBody, tagLines } from './new-claim-body';

/** A claim on the ledger, and what became of its body. */
export interface SubmittedClaim {
  readonly claim: ClaimEntry;
  readonly transactionId: string;
  readonly block: number;
  readonly deliveries: readonly ParcelStatus[];
}

/**
 * Makes a claim: its header goes on the ledger with the hospital's own sealed copy, its body follows sealed to the insurer, as soon as that
 * takes it. Repeating the same operation is the same claim.
 * @throws CodedError RELATION_UNKNOWN, NOT_THE_CUSTODIAN, RESOURCE_NOT_FOUND and others
 */
export async function submitClaim(options: BillingOptions, wish: ClaimWish, operation: string): Promise<SubmittedClaim> {
  const { mspId, store, mailer, projector } = options;
  const { relationRef } = wish;
  const claimId = store.key.name('claim', JSON.stringify([mspId, operation])) as ClaimId;
  const standing = findClaim(options, relationRef, claimId);
  if (standing !== undefined) return describe(standing, []);
  const salt = Buffer.from(store.key.name('claim-salt', operation), 'base64url').subarray(0, 16).toString('base64url') as Salt;
  const body = await newClaimBody(options, wish, { claimId, salt });
  const { insurer, own, forInsurer } = await sealBody(options, body);
  const parcel: Parcel = { ...claimRef(relationRef, claimId), kind: 'claim', organisation: insurer, envelope: forInsurer };
  await mailer.put([parcel]);
  const request = {
    ...{ relationRef, claimId, use: body.use, coverageId: body.coverageId, related: body.related },
    body: await commit(claimPreimage(body)),
    sealed: { [mspId]: digestOf(own), [insurer]: digestOf(forInsurer) } as TransactionRequest<'SubmitClaim'>['sealed'],
    tags: tagLines(body),
  };
  await submit(options, request, { insurer, envelope: own });
  const made = await projector.waitFor(() => findClaim(options, relationRef, claimId), 10_000);
  if (made === undefined) throw newError('LEDGER_OUTCOME_UNKNOWN', 'The claim is not visible here yet; repeat the request');
  // Where an earlier try counts, its own envelope is on its way.
  const isNamed = made.value.sealed[insurer] === digestOf(forInsurer);
  return describe(made, isNamed ? await deliverSoon(mailer, [parcel]) : []);
}

/** With any member that answers; the insurer last, so that it keeps no claim out by its silence. */
async function submit(
  options: BillingOptions,
  request: TransactionRequest<'SubmitClaim'>,
  { insurer, envelope }: { readonly insurer: MspId; readonly envelope: string },
): Promise<void> {
  const operation = `claim/${request.claimId}`;
  const call = { operation, mayLag: true, input: { envelope } };
  for (const witness of [...listOthers(options, insurer), insurer]) {
    try {
      await options.transactions.submit('SubmitClaim', request, { ...call, organisations: [options.mspId, witness] });
      return;
    } catch (error) {
      const code = readCode(error) ?? '';
      // An earlier try of the same claim, with other envelopes, counts.
      if (madeBefore.includes(code)) return;
      if (code !== 'LEDGER_UNAVAILABLE' || witness === insurer) throw error;
    }
  }
}

const madeBefore = ['OPERATION_CHANGED', 'CLAIM_ALREADY_MADE'];

function listOthers({ mspId, store }: BillingOptions, insurer: MspId): MspId[] {
  const { roles = {}, suspended = [] } = store.facts.find<Rules>('rules')?.value ?? {};
  return (Object.keys(roles) as MspId[]).filter((member) => member !== mspId && member !== insurer && !suspended.includes(member));
}

async function sealBody(
  { mspId, store, key }: BillingOptions,
  body: ClaimBody,
): Promise<{ readonly insurer: MspId; readonly own: string; readonly forInsurer: string }> {
  const { relationRef, claimId } = body;
  const insurer = (store.facts.find<RelationEntry>('relation', relationRef) as Fact<RelationEntry>).value.counterparty;
  const keys = store.facts.find<Organisation>('organisation', insurer)?.value.encryption;
  if (keys === undefined) throw newError('ORGANISATION_NOT_FOUND', 'The insurer of this relation has not registered its keys');
  const text = formatUtf8(formatCanonical(body));
  const sealTo = (recipient: MspId, to: SealingPublicKey): Promise<string> =>
    seal(to, { ...claimRef(relationRef, claimId), recipient }, text);
  const [own, forInsurer] = await Promise.all([sealTo(mspId, key), sealTo(insurer, findSealingKey(keys))]);
  return { insurer, own, forInsurer };
}

function findClaim({ store }: BillingOptions, relationRef: string, claimId: ClaimId): Fact<ClaimEntry> | undefined {
  return store.facts.find<ClaimEntry>('claim', relationRef, claimId);
}

function describe({ value, transactionId, block }: Fact<ClaimEntry>, deliveries: readonly ParcelStatus[]): SubmittedClaim {
  return { claim: value, transactionId, block, deliveries };
}
