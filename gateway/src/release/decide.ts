import {
  decisionRef,
  formatCanonical,
  formatInstant,
  formatUtf8,
  noticeRef,
  receiptOf,
  recordsPreimage,
  type MspId,
  type RecordId,
  type Salt,
} from '@medaccord/chaincode/model';
import { commit, newSalt, PATIENT, seal, sealingPublicKeyOf, signJws, type SealingPublicKey, type SigningKey } from '../crypto';
import type { Done, Transactions } from '../ledger/transactions';
import { newError } from '../problem';
import { findSealingKey } from '../sealed/find-sealing-key';
import type { RequestFacts, SealedTexts } from './gather';
import type { Verdict } from './judge';
import type { DecisionOpening, Notice } from './openings';
import { decideOperation, refuseOperation } from './own-decision';
import type { Payment } from './read-payment';

export interface DecideOptions {
  readonly transactions: Transactions;
  /** The custodian's own key, which its openings are sealed to. */
  readonly key: SealingPublicKey;
  /** The organisation's own key, which its receipts are signed with. */
  readonly signing: SigningKey;
}

/** Submits the decision to release; custodian and counterparty both open and check it, and no key travels in it. */
export async function submitRelease(
  { transactions, key, signing }: DecideOptions,
  facts: RequestFacts & SealedTexts & { readonly payment: Payment['opening'] },
  verdict: Verdict,
): Promise<Done<'DecideRelease'>> {
  const { request, relation, newestConsent, counterparty } = facts;
  const { relationRef, requestId } = request;
  const recordsSalt: Salt = newSalt();
  const records = verdict.records.map(({ recordId, version, salts, details }) => {
    if (salts.subject === null) throw newError('INTERNAL', 'A record without a subject cannot be released');
    return { recordId: recordId as RecordId, version, subjectSalt: salts.subject, details, detailsSalt: salts.details };
  });
  const released = verdict.records.map(({ recordId, version, obligations }) => ({ recordId: recordId as RecordId, version, obligations }));
  const opening: DecisionOpening = { requestId, records: released, recordsSalt, person: verdict.person };
  const plain = formatUtf8(formatCanonical(opening));
  const place = decisionRef(relationRef, requestId);
  return transactions.submit(
    'DecideRelease',
    { relationRef, requestId, consentVersion: newestConsent },
    {
      operation: decideOperation(relationRef, requestId),
      organisations: [relation.custodian, relation.counterparty],
      mayLag: true,
      input: {
        ...(facts.document === undefined ? {} : { document: facts.document }),
        ask: facts.ask ?? '',
        binding: facts.binding ?? '',
        ...(facts.delegation !== undefined && { delegation: facts.delegation }),
        ...(facts.payment !== undefined && { payment: facts.payment }),
        records,
        recordsSalt,
        receipt: await signReceipt(facts, opening, signing),
        sealed: {
          custodian: await seal(key, { ...place, recipient: relation.custodian }, plain),
          counterparty: await seal(findSealingKey(counterparty.encryption), { ...place, recipient: relation.counterparty }, plain),
          patient: await sealNotice(facts, verdict),
        },
      },
    },
  );
}

/** What goes to whom, on which consent and for what, signed by the custodian: it stands in the decision (42 CFR 2.32). */
async function signReceipt(
  { request, relation, consent, rules }: RequestFacts,
  opening: DecisionOpening,
  key: SigningKey,
): Promise<string> {
  const { relationRef, requestId, purpose } = request;
  const { custodian, counterparty } = relation;
  const records = await commit(recordsPreimage(opening.records, opening.recordsSalt));
  const decided = { relationRef, requestId, custodian, requester: counterparty, purpose, rulesVersion: rules.version };
  const receipt = receiptOf({ ...decided, records, count: opening.records.length }, request, consent);
  return signJws('disclosure-receipt', { ...receipt, records, issuedAt: formatInstant(Date.now()) }, key);
}

/** Submits the refusal: one public code, the reason for the patient alone. Any member can witness it. */
export async function submitRefusal(
  { transactions }: DecideOptions,
  facts: RequestFacts,
  verdict: Verdict,
  witness: MspId,
): Promise<Done<'RefuseAccess'>> {
  const { request, relation, newestConsent } = facts;
  const { relationRef, requestId } = request;
  return transactions.submit(
    'RefuseAccess',
    { relationRef, requestId, consentVersion: newestConsent },
    {
      operation: refuseOperation(relationRef, requestId),
      organisations: [relation.custodian, witness],
      mayLag: true,
      input: { notice: await sealNotice(facts, verdict) },
    },
  );
}

function sealNotice({ request, relation, newestConsent }: RequestFacts, { reason, person, emergency, records }: Verdict): Promise<string> {
  const { relationRef, requestId, purpose, proof } = request;
  const notice: Notice = {
    requestId,
    outcome: records.length > 0 ? 'released' : 'refused',
    reason,
    purpose,
    proof,
    person,
    ...(emergency && { emergency }),
    consentVersion: newestConsent,
    records: records.map(({ recordId, version, category, type }) => ({ recordId: recordId as RecordId, version, category, type })),
  };
  const context = { ...noticeRef(relationRef, requestId), recipient: PATIENT };
  return seal(sealingPublicKeyOf(relation.keys.sealing), context, formatUtf8(formatCanonical(notice)));
}
