import {
  receiptOf,
  requestKey,
  trustDeletion,
  trustReceipt,
  type AccessRequest,
  type ConsentEntry,
  type Decision,
  type Deletion,
  type Organisation,
  type PublicKeyType,
} from '@medaccord/chaincode/model';
import type { Facts } from './facts';
import type { Entries, NamedEntry } from './parse-entry';
import { statementVerifier } from './statement-verifier';

// Receipts are verified while their block is applied: with the key that their organisation had then.

type Known = Pick<Facts, 'find' | 'findKey'>;

/** An entry that an organisation may have signed, as it counts; nothing when it does not. */
export function trustReceipts({ type, value }: NamedEntry, facts: Known): Entries[PublicKeyType] | undefined {
  if (type === 'decision') return withTrustedReceipt(facts, value);
  return type === 'deletion' ? trustedDeletion(facts, value) : value;
}

/** A decision with its receipt, or with none when that is not the custodian's or is of something else. */
function withTrustedReceipt(facts: Known, decision: Decision): Decision {
  const { relationRef, requester, requestId, consentVersion, custodian } = decision;
  const request = facts.findKey<AccessRequest>(requestKey(relationRef, requester, requestId))?.value;
  const consent = facts.find<ConsentEntry>('consent', relationRef, String(consentVersion ?? ''))?.value;
  const key = facts.find<Organisation>('organisation', custodian)?.value.signing;
  const isKnown = request !== undefined && consent !== undefined && key !== undefined;
  const receipt = isKnown ? trustReceipt(decision.receipt, receiptOf(decision, request, consent), key, statementVerifier) : null;
  return { ...decision, receipt };
}

/** A deletion as the member that held the copy signed it; nothing when it did not. */
function trustedDeletion(facts: Known, deletion: Deletion): Deletion | undefined {
  const key = facts.find<Organisation>('organisation', deletion.requester)?.value.signing;
  return key === undefined ? undefined : trustDeletion(deletion, key, statementVerifier);
}
