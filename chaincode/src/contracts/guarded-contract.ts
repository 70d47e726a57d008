import { Context, Contract } from 'fabric-contract-api';
import { DomainError, formatError, newError } from '../model';
import { Ledger } from '../ledger';
import { assertAllowed } from './policy';

/** The context of one transaction; `ledger` is there once the transaction is known and its caller allowed. */
export class LedgerContext extends Context {
  ledger!: Ledger;
}

/** A contract whose every transaction has a policy that is checked before it runs, and whose errors cross the wire as codes. */
export class GuardedContract extends Contract {
  override createContext(): LedgerContext {
    return new LedgerContext();
  }

  // Fabric's types say that the name is a function and that nothing is answered (fabric-contract-api lib/contract.js says otherwise).
  override async aroundTransaction(ctx: LedgerContext, fn: unknown, parameters: unknown): Promise<void> {
    try {
      ctx.ledger = new Ledger(ctx.stub, ctx.clientIdentity);
      assertAllowed(this, String(fn), ctx.ledger.caller);
    } catch (error) {
      throw wireErrorOf(error, ctx);
    }
    // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- Fabric's own signature
    return super.aroundTransaction(ctx, fn as Function, parameters).catch((error: unknown) => {
      throw wireErrorOf(error, ctx);
    });
  }

  override unknownTransaction(): Promise<void> {
    return Promise.reject(new Error(formatError(newError('TRANSACTION_UNKNOWN'))));
  }
}

function wireErrorOf(error: unknown, ctx: LedgerContext): Error {
  if (error instanceof DomainError) return new Error(formatError(error), { cause: error });
  // The text of an error without a code may hold anything: it stays here. Where it was thrown is logged, what it says is not.
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
  ctx.logging.getLogger('internal').error(`[${ctx.stub.getTxID()}] failed without a code\n${frames.join('\n')}`);
  return new Error(formatError(newError('INTERNAL')), { cause: error });
}
