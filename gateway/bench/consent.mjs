// npm run bench -- consent: what a decision costs, how fast a gateway's own check answers and refuses, and how soon a revocation bites.
import { load, report } from '../../network/bench/measure.mjs';
import { newBenchNetwork } from '../../network/bench/network.mjs';
import { benchConsentCheck } from './consent-check.mjs';
import { openStage } from './hospital.mjs';
import { check, measureRevocations, newRelation } from './revocations.mjs';

const RELATIONS = 6;
const REVOCATIONS = 210;
const AT_ONCE = 4;

/** Prints the figures of consents on one ledger; fails where one that must hold does not. */
export async function benchConsent({ ledger, seconds }) {
  const failures = (await benchConsentCheck()) ? [] : ['fewer than 2,000 cached decisions per second and core'];
  const network = await newBenchNetwork({ ledger });
  try {
    await network.up();
    const stage = await openStage(network.run);
    const relations = [];
    for (let n = 0; n < RELATIONS; n += 1) relations.push(await newRelation(stage));
    await benchGateway({ ledger, seconds, network, stage, relation: relations[0] });
    failures.push(...(await benchRevocations({ ledger, stage, relations, topology: network.readTopology() })));
    failures.push(...(await benchStale({ ledger, network, stage, relation: relations[0] })));
  } finally {
    await network.down();
    network.remove();
  }
  for (const failure of failures) console.error(`FAILED: ${failure}`);
  if (failures.length > 0) process.exitCode = 1;
}

/** The check over HTTP: token, parsing, log line and all. The CPU is the custodian's gateway's. */
async function benchGateway({ ledger, seconds, network, stage, relation }) {
  const { custodian } = stage.cast;
  const token = await stage.tokenOf(custodian, 'records');
  await stage.clientOf(custodian).post('/api/consents', await relation.permit());
  const gateway = await gatewayOf(network, custodian);
  for (const count of [1, relation.records.length]) {
    const operation = async () => {
      const found = await check(custodian, token, relation, count);
      if (found !== 'permit') throw new Error(`the check answered ${found}`);
    };
    const result = await load({ operation, atOnce: AT_ONCE, seconds: seconds / 2, processes: { gateway: [gateway] }, size: count });
    report(`${ledger}: cached decisions over HTTP, ${count} a request`, result);
  }
}

async function benchRevocations({ ledger, ...more }) {
  const { samples, counts, late } = await measureRevocations({ ...more, revocations: REVOCATIONS });
  const asked = Object.entries(counts).map(([status, count]) => `${count} ${status}`);
  console.log(`${ledger}: ${samples.length} revocations under load (requests meanwhile: ${asked.join(', ')})`);
  const line = (title, share) => {
    const commit = at(
      samples.map((sample) => sample.commit),
      share,
    );
    const sent = at(
      samples.map((sample) => sample.deny),
      share,
    );
    const committed = at(
      samples.map((sample) => Math.max(0, sample.deny - sample.commit)),
      share,
    );
    console.log(
      `${ledger}: ${title}  commit latency ${commit.toFixed(0)} ms; first refusal ${sent.toFixed(0)} ms after the sending (${(sent / commit).toFixed(2)} x the commit latency), ` +
        `${committed.toFixed(0)} ms after the commit (${(committed / commit).toFixed(2)} x)`,
    );
  };
  line('p50', 0.5);
  line('p99', 0.99);
  console.log(`${ledger}: releases decided after a revocation had committed: ${late.length}`);
  return late.length === 0 ? [] : [`${late.length} releases were decided after a revocation had committed`];
}

/** Stops the other members' gateways: what was cached is refused when their last word is older than the bound. */
async function benchStale({ ledger, network, stage, relation }) {
  const { custodian } = stage.cast;
  const token = await stage.tokenOf(custodian, 'records');
  await stage.clientOf(custodian).post('/api/consents', await relation.permit());
  const others = (await gatewaysOf(network)).filter(({ name }) => name !== `gateway-${custodian.name}`);
  for (const { pid } of others) process.kill(pid, 'SIGSTOP');
  const stoppedAt = performance.now();
  let found = 'permit';
  let answered = 0;
  while (found === 'permit' && performance.now() - stoppedAt < 60_000) {
    found = await check(custodian, token, relation);
    if (found === 'permit') answered = performance.now() - stoppedAt;
  }
  for (const { pid } of others) process.kill(pid, 'SIGCONT');
  console.log(
    `${ledger}: other members' gateways stopped: the last cached decision after ${(answered / 1000).toFixed(1)} s, then ${found}`,
  );
  return found === 'HEIGHT_NOT_PROVEN' ? [] : [`without the other members' gateways the check answered ${found}`];
}

async function gatewaysOf(network) {
  const { processes } = await network.readStatus();
  return processes.filter(({ name }) => name.startsWith('gateway-')).map(({ name, process: { pid } }) => ({ name, pid }));
}

async function gatewayOf(network, { name }) {
  return (await gatewaysOf(network)).find((gateway) => gateway.name === `gateway-${name}`).pid;
}

function at(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
