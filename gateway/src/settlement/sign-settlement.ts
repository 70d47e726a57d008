import { formatCanonical, parseSigned, type SettlementEntry } from '@medaccord/chaincode/model';
import { signJws } from '../crypto';
import { digestOf } from '../ledger/digest';
import { newError } from '../problem';
import { checkStatement } from './check-statement';
import { openStatement, readStanding } from './open-statement';
import type { SettlementName, SettlementOptions } from './settlement-options';

/**
 * Signs for this hospital what the insurer proposed, when every line is what the hospital worked out itself and none is missing.
 * @throws CodedError SETTLEMENT_DIFFERS with the lines that differ; SETTLEMENT_NOT_FOUND and others of the ledger
 */
export async function signSettlement(options: SettlementOptions, name: SettlementName): Promise<SettlementEntry> {
  const { transactions, projector } = options;
  const { settlement } = await readStanding(options, name);
  if (settlement.signature !== null) return settlement;
  const document = await openStatement(options, settlement);
  const lines = await checkStatement(options, settlement, document);
  if (lines.length > 0) throw newError('SETTLEMENT_DIFFERS', 'The statement is not what this hospital worked out', { details: { lines } });
  const { payload } = parseSigned('settlement', settlement.proposal, 'proposal');
  const statement = await signJws('settlement', payload, options.signing);
  const { block, result } = await transactions.submit(
    'SignSettlement',
    { statement },
    {
      // No two signatures are alike: another one of the same statement is another transaction, which the ledger answers with the first.
      operation: `sign/${digestOf(statement)}`,
      organisations: [name.hospital, name.insurer],
      mayLag: true,
      input: { document: formatCanonical(document) },
    },
  );
  await projector.waitForBlock(block);
  return result;
}
