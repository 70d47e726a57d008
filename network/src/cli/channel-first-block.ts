import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { describeChannel, readChannelConfiguration } from '../channel';
import { acceptChannel, beginChannel } from '../deployment';
import { nameOrganisations, type ChannelCall } from './channel-options';
import { wordOf } from './command';
import { EXIT } from './exit-codes';
import { UsageError } from './usage-error';

/** `channel begin [--output FILE]`: makes the channel's first block of the members' public parts, once, for all members to take. */
export async function beginFirstBlock(call: ChannelCall): Promise<number> {
  const { output } = call.values;
  if (call.words.length > 0) throw new UsageError('channel begin takes no words; --output FILE is where the block goes.');
  const { bytes, isNew } = await beginChannel(call.topology, deskOf(call));
  if (output !== undefined) writeFileSync(output, bytes);
  const done = isNew ? 'The first block is made.' : 'The first block was here before.';
  const next = output === undefined ? '' : ` The other members take it with \`channel accept ${output}\`.`;
  tellBlock('channel begin', call, bytes, { head: `${done}${next}`, facts: { isNew, ...(output !== undefined && { file: output }) } });
  return EXIT.done;
}

/**
 * `channel accept FILE`: takes the first block that another member made, when it is what this machine would have made; `--digest HEX` for one who
 * joins a channel that began without it: when it has that digest.
 */
export async function acceptFirstBlock(call: ChannelCall): Promise<number> {
  const file = wordOf(call.words, 'channel accept', 'file');
  const { bytes, isNew } = await acceptChannel(call.topology, deskOf(call), { block: readBlockFile(file), digest: call.values.digest });
  const why = call.values.digest === undefined ? 'says what the topology and the public parts here say' : 'has the digest that was named';
  const head = isNew ? `It ${why}, and is taken.` : 'It was taken before.';
  tellBlock('channel accept', call, bytes, { head, facts: { isNew, file } });
  return EXIT.done;
}

/** What a configuration block says, and its digest, by which members know that they have the same one. */
export function tellBlock(
  step: string,
  { reporter, topology }: ChannelCall,
  block: Uint8Array,
  { head, facts }: { readonly head: string; readonly facts: Readonly<Record<string, unknown>> },
): void {
  const lines = describeChannel(readChannelConfiguration(block));
  const digest = createHash('sha256').update(block).digest('hex');
  const text = [...nameOrganisations(lines, topology), `SHA-256 of the block: ${digest}`, head].filter((line) => line !== '').join('\n');
  reporter.result(step, text, { ...facts, digest, lines });
}

/** The block in a file; undefined where the file holds JSON, as a change on its way does. */
export function findBlock(file: string): Uint8Array | undefined {
  const bytes = readBlockFile(file);
  return bytes[0] === '{'.charCodeAt(0) ? undefined : bytes;
}

function readBlockFile(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function deskOf({ config, reporter }: ChannelCall): Parameters<typeof beginChannel>[1] {
  return { platform: config.platform, fabric: config.fabric, tell: (text) => reporter.note(text) };
}
