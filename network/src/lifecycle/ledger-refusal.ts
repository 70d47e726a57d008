import { CodedError } from '../coded-error';

interface Story {
  readonly transactionId?: string | undefined;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** What a ledger answered instead of a commit. */
export class LedgerRefusal extends CodedError<'LEDGER_REFUSED' | 'LEDGER_UNCERTAIN'> {
  readonly transactionId: string | undefined;

  constructor(code: LedgerRefusal['code'], message: string, { transactionId, hint, cause }: Story) {
    const wayOut =
      code === 'LEDGER_REFUSED'
        ? (hint ?? 'Look at the logs of the chaincode and of the peers that are named.')
        : 'Do it again: what was written already is not written twice.';
    super(code, message, wayOut, cause);
    this.transactionId = transactionId;
  }
}
