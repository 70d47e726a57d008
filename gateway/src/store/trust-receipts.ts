import {
  isBreakGlass,
  receiptOf,
  requestKey,
  trustAuditRoot,
  trustDeletion,
  trustReceipt,
  type AccessRequest,
  type AuditRoot,
  type ConsentEntry,
  type Decision,
  type Deletion,
  type Organisation,
  type PublicKeyType,
} from '@medaccord/chaincode/model';
import { findDocumentedConsent } from './documented-consent';
import type { Facts } from './facts';
import type { Entries, NamedEntry } from './parse-entry';
import { statementVerifier } from './statement-verifier';

// Receipts are verified while their block is applied: with the key that their organisation had then.

type Known = Pick<Facts, 'find' | 'findKey'>;

/** An entry that an organisation may have signed, as it counts; nothing when it does not. */
export function trustReceipts({ type, value }: NamedEntry, facts: Known): Entries[PublicKeyType] | undefined {
  if (type === 'decision') return withTrustedReceipt(facts, value);
  if (type === 'audit-root') return trustedRoot(facts, value);
  return type === 'deletion' ? trustedDeletion(facts, value) : value;
}

/** A decision with its receipt, or with none when that is not the custodian's or is of something else. */
function withTrustedReceipt(facts: Known, decision: Decision): Decision {
  const { relationRef, requester, requestId, custodian } = decision;
  const request = facts.findKey<AccessRequest>(requestKey(relationRef, requester, requestId))?.value;
  const consent = findDeciding(facts, decision);
  const key = facts.find<Organisation>('organisation', custodian)?.value.signing;
  const isKnown = request !== undefined && consent !== undefined && key !== undefined;
  const receipt = isKnown ? trustReceipt(decision.receipt, receiptOf(decision, request, consent), key, statementVerifier) : null;
  return { ...decision, receipt };
}

/** The version of the consent that a decision went by: the one that it names, in an emergency the newest with a document up to that. */
function findDeciding(facts: Known, { relationRef, purpose, consentVersion }: Decision): ConsentEntry | undefined {
  if (consentVersion === null) return undefined;
  if (isBreakGlass(purpose)) return findDocumentedConsent(facts, relationRef, consentVersion);
  return facts.find<ConsentEntry>('consent', relationRef, String(consentVersion))?.value;
}

/** A deletion as the member that held the copy signed it; nothing when it did not. */
function trustedDeletion(facts: Known, deletion: Deletion): Deletion | undefined {
  const key = facts.find<Organisation>('organisation', deletion.requester)?.value.signing;
  return key === undefined ? undefined : trustDeletion(deletion, key, statementVerifier);
}

/** A root of an audit log as its organisation signed it; nothing when it did not. */
function trustedRoot(facts: Known, root: AuditRoot): AuditRoot | undefined {
  const key = facts.find<Organisation>('organisation', root.mspId)?.value.signing;
  return key === undefined ? undefined : trustAuditRoot(root, [key], statementVerifier);
}
