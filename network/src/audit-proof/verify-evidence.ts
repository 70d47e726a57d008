import { createHash } from 'node:crypto';
import { findProblemOfAuditProof, parseAuditProof, parseJson, parseSigned, type AuditProof } from '@medaccord/chaincode/model';
import type { AuditLedger } from './audit-ledger';

/** What a file that somebody was given proves, or why it does not. */
export interface Evidence {
  readonly ok: boolean;
  readonly kind: 'audit-proof' | 'disclosure-receipt' | 'unknown';
  /** For people. */
  readonly says: string;
}

/** Holds a file against a chain: a proof out of an audit log (JSON), or the receipt of a release (a compact JWS). */
export function verifyEvidence(text: string, ledger: AuditLedger): Evidence {
  const trimmed = text.trim();
  const isReceipt = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/.test(trimmed);
  try {
    return isReceipt ? verifyReceipt(trimmed, ledger) : verifyProof(parseJson(parseAuditProof, trimmed, 'file'), ledger);
  } catch (error) {
    return {
      ok: false,
      kind: 'unknown',
      says: `it is neither a proof out of an audit log nor the receipt of a release: ${(error as Error).message}`,
    };
  }
}

function verifyProof(proof: AuditProof, ledger: AuditLedger): Evidence {
  const kind = 'audit-proof';
  const { root, earlier, entries, mspId } = proof;
  const problem = findProblemOfAuditProof(proof, (bytes) => createHash('sha256').update(bytes).digest());
  if (problem !== undefined) return { ok: false, kind, says: `${problem.what} ${problem.n} is not what the root stands for` };
  if (root === null) return { ok: false, kind, says: `${mspId} had anchored no root of this log: nothing is proved` };
  const missing = [earlier?.root ?? root, root].find((one) => ledger.findRoot(one) === undefined);
  if (missing !== undefined) return { ok: false, kind, says: `${mspId} has not anchored root ${missing.number} as it stands here` };
  const proved = entries.filter(({ n }) => n <= root.size).length;
  const since = earlier === null ? '' : `, and the log goes on from root ${earlier.root.number}`;
  const later = proved === entries.length ? '' : `; ${entries.length - proved} came later and are not proved`;
  const says = `${proved} entries stand in the audit log of ${mspId} as root ${root.number} in block ${ledger.findRoot(root)} has it`;
  return { ok: true, kind, says: `${says}${since}${later}` };
}

function verifyReceipt(jws: string, ledger: AuditLedger): Evidence {
  const kind = 'disclosure-receipt';
  const receipt = parseSigned('disclosure-receipt', jws, 'receipt');
  const { custodian, counterparty, count, issuedAt } = receipt.payload;
  const block = ledger.findReceipt(receipt);
  if (block === undefined) return { ok: false, kind, says: `${custodian} has not signed this receipt, or no decision carries it` };
  return {
    ok: true,
    kind,
    says: `${custodian} released ${count} ${count === 1 ? 'record' : 'records'} to ${counterparty} on ${issuedAt}, as its decision in block ${block} says`,
  };
}
