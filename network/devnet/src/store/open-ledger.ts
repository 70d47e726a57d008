export { openLedger, type LedgerOptions } from '../committer/open-ledger';
