import { Context, Contract } from 'fabric-contract-api';
import { DomainError, formatError } from '../model';
import { Ledger } from '../ledger';
import { assertAllowed } from './policy';

/** The context of one transaction; `ledger` is there once the transaction is known and its caller allowed. */
export class LedgerContext extends Context {
  ledger!: Ledger;
}

class TransactionUnknown extends DomainError {
  constructor() {
    super('TRANSACTION_UNKNOWN', 'there is no such transaction: org.hyperledger.fabric:GetMetadata lists them');
  }
}

/** A contract whose every transaction has a policy that is checked before it runs, and whose errors cross the wire as codes. */
export class GuardedContract extends Contract {
  override createContext(): LedgerContext {
    return new LedgerContext();
  }

  // Fabric's type says that the name is a function; it is the transaction's name (fabric-contract-api lib/contract.js).
  override async aroundTransaction(ctx: LedgerContext, fn: unknown, parameters: unknown): Promise<void> {
    try {
      ctx.ledger = new Ledger(ctx.stub, ctx.clientIdentity);
      assertAllowed(this, String(fn), ctx.ledger.caller);
      // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- Fabric's own signature
      return await super.aroundTransaction(ctx, fn as Function, parameters);
    } catch (error) {
      throw new Error(formatError(codedErrorOf(error)), { cause: error });
    }
  }

  override unknownTransaction(): Promise<void> {
    return Promise.reject(new Error(formatError(new TransactionUnknown())));
  }
}

/** An error without a code may hold anything: its text stays here. */
function codedErrorOf(error: unknown): DomainError {
  return error instanceof DomainError
    ? error
    : new DomainError('INTERNAL', 'the transaction failed; the peer or the chaincode is at fault');
}
