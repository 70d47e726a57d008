import { join } from 'node:path';
import { newBackgroundReporter } from './background-report';
import { RUN_OPTIONS, parseCommand, topologyOf, type Command } from './command';
import { runNetwork, untilAsked } from './run-network';

/** The other half of `up`: the network in a process without terminal, which reports to the command that started it until it is up. */
export const background: Command = async (argv, config) => {
  const { values } = parseCommand(argv, RUN_OPTIONS);
  const topology = topologyOf(values, config);
  let isUp = false;
  // Its reader leaves when the network is up.
  process.stderr.on('error', () => undefined);
  // Whoever waited is gone before the network was up: nobody asked for it any more.
  process.once('disconnect', () => {
    if (!isUp) process.kill(process.pid, 'SIGTERM');
  });
  const reporter = newBackgroundReporter(join(topology.paths.logs, 'supervisor.log'));
  try {
    return await runNetwork({ topology, config, reporter, testSwitches: values['test-switches'] }, async (network, stop) => {
      isUp = true;
      return untilAsked(network, stop);
    });
  } finally {
    // An open channel would keep this process alive.
    isUp = true;
    if (process.connected) process.disconnect();
  }
};
