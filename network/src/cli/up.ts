import { spawn, type ChildProcess } from 'node:child_process';
import { replay, type Report } from './background-report';
import { MEMBER_OPTION, RUN_OPTIONS, claimedTopologyOf, parseCommand, repeatOptions, reporterOf, type Command } from './command';
import { EXIT } from './exit-codes';
import { formatAddresses } from './format-addresses';

/** `up`: the network in the background, or with `--organisation` one member's part of it; returns when it is ready. */
export const up: Command = async (argv, config) => {
  const { values } = parseCommand(argv, { ...RUN_OPTIONS, ...MEMBER_OPTION });
  const topology = claimedTopologyOf(values, config);
  const reporter = reporterOf(values, config);
  const program = [...process.execArgv, process.argv[1] ?? '', 'background', ...repeatOptions(values)];
  const child = spawn(config.platform.node, program, {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...config.environment },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill('SIGTERM'));
  child.on('message', (report) => {
    replay(report as Report, reporter);
  });
  const outcome = await untilUp(child);
  if (outcome !== 'up') {
    if (outcome.said !== '') reporter.note(outcome.said);
    return outcome.code;
  }
  reporter.note(formatAddresses(topology));
  return EXIT.done;
};

/** The background process says that it is up, or ends. */
function untilUp(child: ChildProcess): Promise<'up' | { code: number; said: string }> {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve) => {
    child.on('message', (report) => {
      if ((report as Report).method !== 'up') return;
      child.disconnect();
      child.stderr?.destroy();
      child.unref();
      resolve('up');
    });
    child.once('exit', (code) => {
      resolve({ code: code ?? EXIT.failed, said: said.trim() });
    });
  });
}
