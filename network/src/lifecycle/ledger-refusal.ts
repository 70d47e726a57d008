interface Story {
  readonly transactionId?: string | undefined;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** What a ledger answered instead of a commit. */
export class LedgerRefusal extends Error {
  readonly code: 'LEDGER_REFUSED' | 'LEDGER_UNCERTAIN';
  readonly transactionId: string | undefined;
  readonly hint: string;

  constructor(code: LedgerRefusal['code'], message: string, { transactionId, hint, cause }: Story) {
    super(message, { cause });
    this.name = 'LedgerRefusal';
    this.code = code;
    this.transactionId = transactionId;
    this.hint =
      code === 'LEDGER_REFUSED'
        ? (hint ?? 'Look at the logs of the chaincode and of the peers that are named.')
        : 'Do it again: what was written already is not written twice.';
  }
}
