import { METADATA, readBlock } from '../proto/blocks';
import { describeTransaction, type NamespaceDescription, type Signatory, type TransactionDescription } from './describe-transaction';

/**
 * A transaction as lines of text: who, which function (of the arguments only how many), keys read and written, collections by hash,
 * the verdict. Values are never shown.
 * @param blockBytes serialized common.Block as committed
 * @param explanation what was found out when it was judged, if that is known
 * @throws RangeError where the block has no such transaction; MalformedMessage for bytes that are no block
 */
export function explainTransaction(blockBytes: Uint8Array, index: number, explanation?: string): string {
  const block = readBlock(blockBytes);
  if (block.items[index] === undefined) throw new RangeError(`block ${String(block.number)} has no transaction ${String(index)}`);
  const code = block.metadata[METADATA.transactionsFilter]?.[index] ?? 0;
  return formatDescription(describeTransaction(blockBytes, { block: block.number, index, code }, explanation));
}

/** The lines of a description. */
export function formatDescription(description: TransactionDescription): string {
  const { txId, block, index, code, codeName, explanation, type, creator, chaincode, version, endorsers, event } = description;
  return [
    `${type} ${txId === '' ? '(without id)' : txId}`,
    `block ${String(block)}, place ${String(index)}: ${codeName} (${String(code)})`,
    ...optional('because', explanation),
    `by ${formatSignatory(creator)}`,
    ...optional('calls', chaincode && `${chaincode} ${version ?? ''}: ${formatCall(description)}`),
    ...endorsers.map((endorser) => `endorsed by ${formatSignatory(endorser)}`),
    ...optional('event', event),
    ...description.namespaces.flatMap(formatNamespace),
  ].join('\n');
}

function formatCall({ function: name, argumentCount }: TransactionDescription): string {
  return `${name ?? '(no function)'} with ${String(argumentCount)} argument${argumentCount === 1 ? '' : 's'}`;
}

function formatSignatory({ mspId, subject }: Signatory): string {
  return mspId === '' ? subject : `${mspId}, ${subject}`;
}

function formatNamespace(set: NamespaceDescription): readonly string[] {
  return [
    `in ${set.namespace}`,
    ...list('reads', set.reads),
    ...list('ranges', set.ranges),
    ...list('writes', set.writes),
    ...list('deletes', set.deletes),
    ...list('policy of', set.policies),
    ...set.collections.flatMap(({ collection, reads, writes, policies }) => [
      `  collection ${collection}`,
      ...list('  reads hash', reads),
      ...list('  writes hash', writes),
      ...list('  policy of hash', policies),
    ]),
  ];
}

/** Composite keys hold U+0000: shown as JSON shows it. */
function list(verb: string, keys: readonly string[]): readonly string[] {
  return keys.map((key) => `  ${verb} ${JSON.stringify(key).slice(1, -1)}`);
}

function optional(label: string, content: string | undefined): readonly string[] {
  return content === undefined ? [] : [`${label} ${content}`];
}
