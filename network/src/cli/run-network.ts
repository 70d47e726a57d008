import { Network, listAddresses, openControlDoor, parseReleaseWish, readJoining, type Step, type StartFacts } from '../deployment';
import { STAGE_VERB, stageOrganisation } from '../operations';
import type { Topology } from '../topology';
import { findOrganisation } from './command';
import type { CliConfig } from './config';
import { EXIT, exitCodeOf } from './exit-codes';
import { describeFailure } from './describe-failure';
import type { Failure, Introduction, Reporter } from './reporter';
import { stopOnSignals, type StopRequest } from './stop-on-signals';

/** What happens while the network is up; the network stops when it resolves, with its exit code. */
export type WhileUp = (network: Network, stop: StopRequest) => Promise<number>;

export interface Run {
  readonly topology: Topology;
  readonly config: CliConfig;
  readonly reporter: Reporter;
  readonly testSwitches: boolean;
}

/** Brings a network up in this process, keeps it up as long as `whileUp` lasts, and takes it down in order. Returns the exit code. */
export async function runNetwork({ topology, config, reporter, testSwitches }: Run, whileUp: WhileUp): Promise<number> {
  const introduction = introduce(topology);
  const network = new Network(topology, {
    platform: config.platform,
    fabric: config.fabric,
    testSwitches,
    onStep: (step: Step) => {
      reporter.step(step);
    },
    onEvent: (event) => {
      reporter.event(event);
    },
    onNote: (text) => {
      reporter.note(text);
    },
  });
  const stop = stopOnSignals(network, (text) => {
    reporter.note(text);
  });
  const since = Date.now();
  let facts: StartFacts;
  try {
    reporter.introduce(introduction);
    facts = await network.start();
  } catch (error) {
    const failure = { ...describeFailure(error), ms: Date.now() - since };
    return failedStart(failure, stop, reporter);
  }
  try {
    const closeDoor = await openControlDoor(topology, {
      deploy: (wish) => network.redeploy(parseReleaseWish(wish)),
      join: () => network.join(readJoining(topology)),
      restart: (name) => network.restart(name),
      [STAGE_VERB]: async (name) =>
        stageOrganisation(network.topology, findOrganisation(network.topology, name), (process, work) =>
          network.whileStopped(process, work),
        ),
    });
    reporter.up(facts, introduction);
    const code = await whileUp(network, stop);
    await closeDoor();
    return code;
  } finally {
    await network.stop();
  }
}

function failedStart(failure: Failure, stop: StopRequest, reporter: Reporter): number {
  const interrupted = stop.exitCode();
  if (interrupted !== undefined) {
    reporter.note('Stopped while it was starting. The next start goes on from here.');
    return interrupted;
  }
  reporter.failure('up', failure);
  return exitCodeOf(failure);
}

function introduce(topology: Topology): Introduction {
  const { name, ledger, channel } = topology;
  return { name, ledger, channel, organisations: listAddresses(topology) };
}

/** A network without a story is up until somebody asks it to stop. */
export async function untilAsked(_network: Network, stop: StopRequest): Promise<number> {
  await stop.requested;
  return EXIT.done;
}
