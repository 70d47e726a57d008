// What our timers give on Fabric: the time of a commit, and the outage after the leader died, against the sample configuration of Fabric 3.1.5.
import { setTimeout as pause } from 'node:timers/promises';
import { load, report } from './measure.mjs';
import { openClient, write } from './ledger-client.mjs';
import { newPlainNetwork } from './ledger.mjs';

/** sampleconfig/configtx.yaml of Fabric 3.1.5, SmartBFT and batch. */
const SAMPLE = {
  block: { messages: 500, megabytes: 10, interval: '200ms' },
  bft: {
    forward: '5s',
    complain: '20s',
    viewChangeResend: '5s',
    viewChange: '20s',
    heartbeat: '1m',
    heartbeatCount: 10,
    poolSize: 100_000,
  },
};
const CLIENTS = 10;
const MOST_OUTAGE_MS = 120_000;

/** Prints both ratios; targets: commit p50 at most 0.7, outage at most 0.35 of the sample's. */
export async function benchFabricTimers({ seconds = 10 } = {}) {
  const ours = await measureTimers('our timers', {}, seconds);
  const sample = await measureTimers('sample timers', SAMPLE, seconds);
  const ratio = (key) => (ours[key] / sample[key]).toFixed(2);
  console.log(`our timers against the sample's: commit p50 ${ratio('p50')} x, outage after the leader died ${ratio('outage')} x`);
}

async function measureTimers(title, fabric, seconds) {
  const network = await newPlainNetwork('fabric', fabric);
  try {
    await network.up();
    const topology = network.readTopology();
    const client = openClient(topology);
    const processes = { client: [process.pid], ...(await network.readProcesses()) };
    const alone = await load({ operation: (n) => write(client.native, `o${n}`, 'v'), atOnce: 1, seconds, processes });
    report(`fabric, ${title}: write, one at a time`, alone);
    const outage = await measureOutage(network, topology, client.native);
    console.log(`fabric, ${title}: nothing was committed for ${(outage / 1000).toFixed(1)} s after the leader was killed and kept down`);
    client.close();
    return { p50: alone.p50, outage };
  } finally {
    await network.down();
    network.remove();
  }
}

/** Writes go on while the leading orderer is killed as often as it comes back; the longest time without a commit, in milliseconds. */
async function measureOutage(network, topology, contract) {
  const leader = await findLeader(topology);
  let killedAt;
  let recovered = false;
  const commits = [];
  const writer = async (lane) => {
    for (let n = 0; !recovered; n++) {
      const done = await write(contract, `outage-${lane}-${n}`, 'v').then(
        () => true,
        () => pause(100).then(() => false),
      );
      if (done) commits.push(performance.now());
      recovered ||= killedAt !== undefined && done && commits.at(-1) - killedAt > 3000 && commits.at(-1) - (commits.at(-20) ?? 0) < 1500;
    }
  };
  const writers = Array.from({ length: CLIENTS }, (_, lane) => writer(lane));
  await pause(3000);
  const started = performance.now();
  while (!recovered && performance.now() - started < MOST_OUTAGE_MS) {
    const { processes } = await network.readStatus();
    const pid = processes.find(({ name }) => name === `orderer-${leader}`)?.process?.pid;
    if (pid !== undefined) {
      process.kill(pid, 'SIGKILL');
      // To read the status takes seconds on a machine under load: the outage begins when the leader is gone.
      killedAt ??= performance.now();
    }
    await pause(100);
  }
  recovered = true;
  await Promise.all(writers);
  const times = [killedAt, ...commits.filter((at) => at > killedAt)];
  return Math.max(...times.slice(1).map((at, i) => at - times[i]));
}

async function findLeader({ organisations, host }) {
  const orderers = organisations.filter(({ nodes }) => nodes.orderer);
  const answer = await fetch(`http://${host}:${orderers[0].ports.ordererOperations}/metrics`);
  const id = Number(/^consensus_BFT_leader_id\{[^}]*\} (\d+)/m.exec(await answer.text())[1]);
  return orderers[id - 1].name;
}
