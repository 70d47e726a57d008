import {
  formatCanonical,
  TRANSIENT_FIELD,
  type TransactionName,
  type TransactionRequest,
  type TransactionResponse,
  type TransientInput,
  type TransientName,
} from '@medaccord/chaincode/model';
import type { Call, Ledger, LedgerIdentity } from './ledger';

type InputOf<N extends TransactionName> = N extends TransientName ? { readonly input: TransientInput<N> } : { readonly input?: never };

interface Options {
  readonly operation: string;
  readonly identity?: LedgerIdentity;
  readonly organisations?: readonly string[];
  readonly mayLag?: boolean;
  readonly fixedPolicy?: boolean;
}

export type SubmitOptions<N extends TransactionName> = Options & InputOf<N>;

export interface Done<N extends TransactionName> {
  readonly transactionId: string;
  readonly block: number;
  readonly result: TransactionResponse<N>;
}

/** The contract's transactions by name, with the types of its model. */
export interface Transactions {
  /** @throws CodedError */
  submit<N extends TransactionName>(name: N, request: TransactionRequest<N>, options: SubmitOptions<N>): Promise<Done<N>>;
  /** Asks the organisation's own peer. @throws CodedError */
  evaluate<N extends TransactionName>(name: N, request: TransactionRequest<N>): Promise<TransactionResponse<N>>;
}

export function newTransactions(ledger: Pick<Ledger, 'submit' | 'evaluate'>, ownMspId: string): Transactions {
  return {
    async submit(name, request, { operation, identity, organisations, mayLag, fixedPolicy, input }) {
      const done = await ledger.submit({
        ...newCall(name, request, organisations),
        operation,
        ...(identity === undefined ? {} : { identity }),
        ...(mayLag === undefined ? {} : { mayLag }),
        ...(fixedPolicy === undefined ? {} : { fixedPolicy }),
        ...(input === undefined ? {} : { transient: { [TRANSIENT_FIELD]: formatCanonical(input) } }),
      });
      return { ...done, result: done.result as unknown as TransactionResponse<typeof name> };
    },
    async evaluate(name, request) {
      return (await ledger.evaluate(newCall(name, request, [ownMspId]))) as unknown as TransactionResponse<typeof name>;
    },
  };
}

function newCall(transaction: string, request: object, organisations: readonly string[] | undefined): Call {
  return { transaction, request, ...(organisations === undefined ? {} : { organisations }) };
}
