import { readChannelConfiguration } from './channel-configuration';
import { describeDifference } from './words/describe-difference';
import { formatStatements } from './words/statement';

/**
 * Every difference of the configurations that two blocks (serialized common.Block) hold, line by line; nothing where they say the same.
 * @throws ChannelError CHANNEL_CONFIGURATION_UNSOUND
 */
export function compareConfigurations(before: Uint8Array, after: Uint8Array): readonly string[] {
  const [one, other] = [readChannelConfiguration(before), readChannelConfiguration(after)];
  const differences = formatStatements(describeDifference(one.root, other.root));
  const heads = (['channel', 'sequence'] as const).filter((part) => one[part] !== other[part]);
  return [...heads.map((part) => `The ${part} is ${String(other[part])} instead of ${String(one[part])}.`), ...differences];
}
