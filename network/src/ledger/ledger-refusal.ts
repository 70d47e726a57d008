/** What a ledger answered instead of a commit. */
export class LedgerRefusal extends Error {
  readonly code: 'LEDGER_REFUSED' | 'LEDGER_UNCERTAIN';
  readonly transactionId: string | undefined;
  readonly hint: string;

  constructor(code: LedgerRefusal['code'], message: string, transactionId: string | undefined, cause?: unknown) {
    super(message, { cause });
    this.name = 'LedgerRefusal';
    this.code = code;
    this.transactionId = transactionId;
    this.hint =
      code === 'LEDGER_REFUSED'
        ? 'Look at the logs of the chaincode and at `chaincode.first` in the topology file.'
        : 'Start again: what was written already is not written twice.';
  }
}
