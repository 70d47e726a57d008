import { createRequire } from 'node:module';
import type { Topology } from '../topology';
import type { FirstTransactionFacts, runFirstTransactions } from './run-first-transactions';

/** As `runFirstTransactions`; loads the ledger client only when there is something to run, for a resumed network has no use for it. */
export async function submitFirstTransactions(topology: Topology): Promise<FirstTransactionFacts[]> {
  if (topology.chaincode.first.length === 0) return [];
  const load = createRequire(__filename);
  const client = load('./run-first-transactions') as { runFirstTransactions: typeof runFirstTransactions };
  return client.runFirstTransactions(topology);
}
