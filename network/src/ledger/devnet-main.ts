import { readFileSync } from 'node:fs';
import { startDevnet, type Devnet } from '@medaccord/devnet';
import { answerQuestions } from '../process';
import type { Topology } from '../topology';
import { readDevnetConsortium } from './devnet-consortium';
import { DevnetDeployments } from './devnet-deployments';
import type { DevnetQuestion } from './devnet-question';

/** The devnet's process: plays the ledger of a resolved topology until it is told to stop. */
async function main([topologyFile = '', ...options]: readonly string[]): Promise<void> {
  const readTopology = (): Topology => JSON.parse(readFileSync(topologyFile, 'utf8')) as Topology;
  const topology = readTopology();
  const testSwitches = options.includes('--test-switches');
  const devnet = await startDevnet(readDevnetConsortium(topology), {
    folder: topology.paths.ledger,
    host: topology.host,
    control: testSwitches,
    testSwitches,
    onProblem: report,
  });
  const deployments = new DevnetDeployments(topology, devnet);
  await deployments.resume();
  answerQuestions((asked) => {
    const question = asked as DevnetQuestion;
    return question.verb === 'deploy' ? deployments.deploy(question.release) : deployments.admit(readTopology());
  });
  process.stdout.write(`ready: channel ${devnet.channel}, ${String(devnet.height)} blocks\n`);
  await untilStopped(devnet);
}

async function untilStopped(devnet: Devnet): Promise<void> {
  const asked = new Promise((resolve) => process.once('SIGTERM', resolve).once('SIGINT', resolve));
  await Promise.race([asked, devnet.closed]);
  await devnet.close();
}

function report(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    const { code, message } = error as { code?: string; message: string };
    if (code === undefined) report(error);
    else process.stderr.write(`${code}: ${message}\n`);
    process.exit(1);
  },
);
