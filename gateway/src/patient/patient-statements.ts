import { parseSigned, type Signed, type SignedKind, type SubjectRef } from '@medaccord/chaincode/model';
import { digestOf } from '../ledger/digest';
import type { Transactions } from '../ledger/transactions';
import { newError } from '../problem';
import type { Projector } from '../store';

export interface StatementOptions {
  readonly transactions: Transactions;
  readonly projector: Pick<Projector, 'waitForBlock'>;
}

/** Where something about a patient stands. */
export interface PatientStep {
  readonly subjectRef: SubjectRef;
  readonly transactionId: string;
  readonly block: number;
}

type Submit = (transactions: Transactions, statement: string, operation: string) => Promise<{ transactionId: string; block: number }>;

/** What a patient signs about herself, or a guardian of hers, by kind. Any member's gateway takes it; the ledger verifies it. */
const submits = {
  'patient-keys': (transactions, replacement, operation) => transactions.submit('ReplacePatientKeys', { replacement }, { operation }),
  'patient-guardians': (transactions, guardians, operation) => transactions.submit('NameGuardians', { guardians }, { operation }),
  'patient-veto': (transactions, veto, operation) => transactions.submit('Veto', { veto }, { operation }),
  'recovery-approval': (transactions, approval, operation) => transactions.submit('ApproveRecovery', { approval }, { operation }),
} as const satisfies Partial<Record<SignedKind, Submit>>;

type StatementKind = keyof typeof submits;
const kinds = Object.keys(submits) as StatementKind[];

/** Puts what a patient or a guardian signed on the ledger. @throws CodedError REQUEST_INVALID for another kind of statement */
export async function recordPatientStatement({ transactions, projector }: StatementOptions, statement: string): Promise<PatientStep> {
  const { kind, payload } = parseStatement(statement);
  const { transactionId, block } = await submits[kind](transactions, statement, `${kind}/${digestOf(statement)}`);
  await projector.waitForBlock(block);
  return { subjectRef: payload.subjectRef, transactionId, block };
}

function parseStatement(statement: string): Signed<StatementKind> {
  for (const kind of kinds) {
    try {
      return parseSigned(kind, statement, 'body.statement');
    } catch {
      // Of another kind, then; which one it was meant to be cannot be told.
    }
  }
  throw newError('REQUEST_INVALID', `body.statement: must be a statement of the kind ${kinds.join(', ')}`, {
    details: { problems: [{ place: 'body.statement', problem: `is no ${kinds.join(', ')}` }] },
  });
}
