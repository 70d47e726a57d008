import { ChannelError } from '../channel';
import type { Topology } from '../topology';
import { changeChannel } from './channel-change';
import { CHANNEL_CHANGES } from './channel-changes';
import { acceptFirstBlock, beginFirstBlock } from './channel-first-block';
import { CHANNEL_OPTIONS, type ChannelCall } from './channel-options';
import { showChannel } from './channel-show';
import { signChannelFile } from './channel-sign';
import { submitChannelFile } from './channel-submit';
import { parseCommand, reporterOf, topologyOf, type Command } from './command';
import { UsageError } from './usage-error';

const WORDS = 6;

const OTHERS: Readonly<Record<string, (call: ChannelCall) => Promise<number>>> = {
  begin: beginFirstBlock,
  accept: acceptFirstBlock,
  show: showChannel,
  sign: signChannelFile,
  submit: submitChannelFile,
};

/** `channel`: the channel's first block, its configuration shown, changed, signed for. */
export const channel: Command = async (argv, config) => {
  const { values, positionals } = parseCommand(argv, CHANNEL_OPTIONS, WORDS);
  const [verb = 'show', ...words] = positionals;
  const topology = topologyOf(values, config);
  assertFabric(topology);
  const call: ChannelCall = { topology, values, words, reporter: reporterOf(values, config), config };
  const change = CHANNEL_CHANGES[verb];
  if (change !== undefined) return changeChannel(verb, change, call);
  const other = OTHERS[verb];
  if (other === undefined)
    throw new UsageError(
      `There is no channel ${verb}. There are: ${[...Object.keys(OTHERS), ...Object.keys(CHANNEL_CHANGES)].join(', ')}.`,
    );
  return other(call);
};

function assertFabric({ ledger, name }: Topology): void {
  if (ledger === 'fabric') return;
  throw new ChannelError(
    'CHANNEL_LEDGER_UNSUPPORTED',
    `The ledger of ${name} is ${ledger}, which takes changes of the channel from its own commands.`,
    'Name a Fabric network: --ledger fabric, or "ledger" in the topology.',
  );
}
