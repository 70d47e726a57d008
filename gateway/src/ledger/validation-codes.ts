/** Codes of fabric-protos/peer/transaction.proto that the gateway acts on. */
export const VALID = 0;
const ENDORSEMENT_POLICY_FAILURE = 10;
const MVCC_READ_CONFLICT = 11;
const PHANTOM_READ_CONFLICT = 12;

/** Certainly without effect because others were faster: a new proposal may succeed. */
export function isContention(code: number): boolean {
  return code === MVCC_READ_CONFLICT || code === PHANTOM_READ_CONFLICT;
}

export function isPolicyFailure(code: number): boolean {
  return code === ENDORSEMENT_POLICY_FAILURE;
}

/** As Fabric's own metrics name them (`ledger_transaction_count`); what the gateway does not act on is one name. */
export function nameValidationCode(code: number): string {
  if (code === VALID) return 'VALID';
  if (code === MVCC_READ_CONFLICT) return 'MVCC_READ_CONFLICT';
  if (code === PHANTOM_READ_CONFLICT) return 'PHANTOM_READ_CONFLICT';
  return isPolicyFailure(code) ? 'ENDORSEMENT_POLICY_FAILURE' : 'OTHER';
}
