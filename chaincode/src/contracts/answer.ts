import {
  formatCanonical,
  parseJson,
  requests,
  type Parser,
  type TransactionName,
  type TransactionRequest,
  type TransactionResponse,
} from '../model';
import type { Ledger } from '../ledger';
import type { LedgerContext } from './guarded-contract';

/** Runs a desk: the request strictly parsed on the way in, its answer canonical on the way out. */
export async function answer<N extends TransactionName>(
  name: N,
  ctx: LedgerContext,
  request: string,
  desk: (ledger: Ledger, request: TransactionRequest<N>) => Promise<TransactionResponse<N>>,
): Promise<string> {
  const parsed = parseJson(requests[name] as Parser<unknown>, request, 'request') as TransactionRequest<N>;
  return formatCanonical(await desk(ctx.ledger, parsed));
}
