import { MEMBER_OPTION, RUN_OPTIONS, claimedTopologyOf, parseCommand, reporterOf, type Command } from './command';
import { isWhole } from '../topology';
import { EXIT } from './exit-codes';
import { runNetwork, untilAsked, type WhileUp } from './run-network';
import { runStory } from './run-story';

const OPTIONS = { ...RUN_OPTIONS, ...MEMBER_OPTION, once: { type: 'boolean', default: false }, bundle: { type: 'string' } } as const;

/** `start`: the network in the foreground, with the main job told in it; stays up afterwards unless `--once`. */
export const start: Command = async (argv, config) => {
  const { values } = parseCommand(argv, OPTIONS);
  const topology = claimedTopologyOf(values, config);
  const reporter = reporterOf(values, config);
  const bundle = values.bundle === undefined ? [] : ['--bundle', values.bundle];
  const options = [...(values.json ? ['--json'] : []), ...(values.once ? ['--once'] : []), ...bundle];
  const tellStory: WhileUp = async (network, stop) => {
    const code = await runStory(topology, network, config.platform, options);
    if (code === undefined) reporter.note('The gateway has no story to tell; the network stays up.');
    if (values.once) return stop.exitCode() ?? code ?? EXIT.done;
    if (stop.exitCode() === undefined) reporter.note('Everything stays up. Ctrl-C stops it in order.');
    await untilAsked(network, stop);
    return code ?? EXIT.done;
  };
  // The story is told by all members' clients, and one member has its own alone.
  const whileUp = isWhole(topology) ? tellStory : untilAsked;
  return runNetwork({ topology, config, reporter, testSwitches: values['test-switches'] }, whileUp);
};
