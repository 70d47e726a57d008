import { join, resolve } from 'node:path';
import { callControl } from '../control/call-control';
import type { NamespaceDescription, Signatory, TransactionDescription } from '../explain/describe-transaction';
import { ExplanationStore } from '../explain/explanation-store';
import { findTransaction } from '../host/find-transaction';
import { runningDevnet, withLedger } from './open-folder';

/** Prints a transaction of a devnet, running or not. */
export async function printExplanation(txId: string, folder: string): Promise<void> {
  const running = runningDevnet(folder);
  const found = running === undefined ? readOffline(txId, folder) : ((await callControl(running, 'explain', { txId })) as TransactionDescription);
  console.log(format(found).join('\n'));
}

function readOffline(txId: string, folder: string): TransactionDescription {
  return withLedger(folder, (ledger) => {
    const explanations = new ExplanationStore(join(resolve(folder), 'explanations.sqlite'));
    try {
      return findTransaction(ledger, explanations, txId);
    } finally {
      explanations.close();
    }
  });
}

function format(found: TransactionDescription): readonly string[] {
  const { block, index, code, codeName, explanation, endorsers } = found;
  return [
    `transaction  ${found.txId}`,
    `place        block ${block}, item ${index}`,
    `code         ${code} ${codeName}`,
    ...(explanation === undefined ? [] : [`because      ${explanation}`]),
    `creator      ${formatSignatory(found.creator)}`,
    ...(found.chaincode === undefined ? [] : [`called       ${found.chaincode} ${found.version ?? ''} ${found.function ?? ''}`]),
    ...endorsers.map((endorser) => `endorsed by  ${formatSignatory(endorser)}`),
    ...(found.event === undefined ? [] : [`event        ${found.event}`]),
    ...found.namespaces.flatMap(formatNamespace),
  ];
}

function formatSignatory({ mspId, subject }: Signatory): string {
  return `${mspId} (${subject})`;
}

function formatNamespace(set: NamespaceDescription): readonly string[] {
  const list = (kind: string, keys: readonly string[]): readonly string[] => keys.map((key) => `  ${kind.padEnd(11)}${JSON.stringify(key)}`);
  return [
    set.namespace,
    ...list('read', set.reads),
    ...list('range', set.ranges),
    ...list('write', set.writes),
    ...list('delete', set.deletes),
    ...list('policy of', set.policies),
    ...set.collections.flatMap(({ collection, reads, writes }) => [` ${collection}`, ...list('read', reads), ...list('write', writes)]),
  ];
}
