import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { renderManifests } from '../../src/manifests';
import { parseMetrics, type Sample } from '../../src/lifecycle/read-metrics';
import { EXPORTED, listExpressions, listScraped, listUsedMetrics, type MetricSource } from '../support/monitoring-expressions';
import { openNotesClient } from '../support/notes-client';
import { ScratchNetwork, until } from '../support/scratch-network';
import { onFabricAlone } from '../support/test-ledger';

const { describe } = onFabricAlone('the devnet has no nodes that tell about themselves');

/** Counted for the first time when something goes wrong: a network in health does not export them, or not with these labels. */
const AFTER_EVENT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  chaincode_execute_timeouts: {},
  chaincode_launch_failures: {},
  chaincode_launch_timeouts: {},
  cluster_comm_msg_dropped_count: {},
  // What chaincode refuses by its rules is counted here as well, and is no trouble.
  endorser_endorsement_failures: { chaincodeerror: 'false' },
  endorser_proposal_acl_failures: {},
  endorser_proposal_simulation_failures: {},
  endorser_proposal_validation_failures: {},
  gossip_privdata_fetch_duration_bucket: {},
};

interface PrometheusConfiguration {
  readonly scrape_configs: readonly {
    readonly job_name: string;
    readonly static_configs: readonly { readonly targets: readonly string[]; readonly labels?: { readonly organisation: string } }[];
  }[];
}

interface Answer {
  readonly job: string;
  readonly organisation: string | undefined;
  readonly status: number;
  readonly samples: readonly Sample[];
}

let network: ScratchNetwork;
let answers: Answer[];
/** Metrics that alerts and dashboards ask for. */
let used: string[];

/** Asks every node that the rendered configuration names, as Prometheus does; the gateways of a scratch network tell nothing of themselves. */
async function scrape(configuration: PrometheusConfiguration): Promise<Answer[]> {
  const targets = configuration.scrape_configs
    .filter(({ job_name: job }) => !['host', 'gateway'].includes(job))
    .flatMap(({ job_name: job, static_configs: configs }) =>
      configs.flatMap((config) => config.targets.map((address) => ({ job, address, organisation: config.labels?.organisation }))),
    );
  return Promise.all(
    targets.map(async ({ address, ...target }) => {
      const response = await fetch(`http://${address}/metrics`);
      return { ...target, status: response.status, samples: parseMetrics(await response.text()) };
    }),
  );
}

/** Names that somebody exports now. */
function listLive(): Set<string> {
  return new Set(answers.flatMap(({ samples }) => samples.map(({ name }) => name)));
}

describe('the rendered monitoring of a network on Fabric', () => {
  beforeAll(async () => {
    network = await ScratchNetwork.create();
    const { code, lines } = await network.ask('up');
    expect({ code, lines }).toMatchObject({ code: 0 });
    for (const { name } of network.topology.organisations) {
      const client = openNotesClient(network.topology, name);
      await client.write(name, 'seen by whoever watches');
      client.close();
    }
    expect(await network.run('manifests', '--output', join(network.folder, 'deploy'))).toMatchObject({ code: 0 });
    used = listUsedMetrics(listExpressions(network.topology, renderManifests(network.topology, '1.2.3')));
    const file = join(network.folder, 'deploy/monitoring/prometheus/native/all.yml');
    const configuration = parse(readFileSync(file, 'utf8')) as PrometheusConfiguration;
    // Some are counted a moment later, such as the peers that a peer has heard of.
    await until(async () => {
      answers = await scrape(configuration);
      return listMissing().length === 0;
    }).catch(() => undefined);
  }, 300_000);

  afterAll(async () => {
    await network.remove();
  }, 60_000);

  function listMissing(): string[] {
    const others = (['gateway', 'host', 'prometheus'] as const).flatMap((source) => [...listScraped(source).keys()]);
    const elsewhere = new Set([...others, ...Object.keys(AFTER_EVENT)]);
    const live = listLive();
    return used.filter((metric) => !elsewhere.has(metric) && !live.has(metric));
  }

  test('asks every orderer and every peer, and each answers', () => {
    const { organisations } = network.topology;
    expect(answers.map(({ job, organisation, status }) => `${job} ${organisation ?? ''} ${String(status)}`).sort()).toEqual(
      organisations.flatMap(({ name }) => [`orderer ${name} 200`, `peer ${name} 200`]).sort(),
    );
  });

  test('finds every metric that alerts and dashboards use, but those that are counted only when something goes wrong', () => {
    expect(listMissing()).toEqual([]);
  });

  test('calls no metric one of trouble that a network in health exports', () => {
    const samples = answers.flatMap((answer) => answer.samples);
    const isTrouble = ({ name, labels }: Sample): boolean => {
      const trouble = Object.entries(AFTER_EVENT[name] ?? {});
      return Object.hasOwn(AFTER_EVENT, name) && trouble.every(([label, value]) => labels[label] === value);
    };
    expect(samples.filter(isTrouble)).toEqual([]);
    expect(Object.keys(AFTER_EVENT).filter((metric) => !used.includes(metric))).toEqual([]);
  });

  test.each<MetricSource>(['orderer', 'peer'])('is tested against the names and labels that every %s really exports', (job) => {
    const known = new Map([...listScraped(job), ...listScraped('process')]);
    const own = answers.filter((answer) => answer.job === job).flatMap(({ samples }) => samples);
    // Of the runtime, and of a library of the orderer that this consensus does not use.
    const foreign = own.filter(({ name }) => !/^(go|promhttp|process|etcd)_/.test(name) && !known.has(name));
    expect([...new Set(foreign.map(({ name }) => name))]).toEqual([]);
    for (const { name, labels } of own.filter((sample) => known.has(sample.name))) {
      expect(`${name}{${Object.keys(labels).sort().join()}}`).toBe(`${name}{${[...(known.get(name) ?? [])].sort().join()}}`);
    }
  });

  test('sees a network in health as one: every orderer active under one leader, every peer knowing all others, all at one height', () => {
    const valuesOf = (metric: string): number[] =>
      answers.flatMap(({ samples }) => samples.filter(({ name }) => name === metric).map(({ value }) => value));
    const members = network.topology.organisations.length;
    expect(valuesOf('participation_status')).toEqual(Array<number>(members).fill(1));
    expect(valuesOf('gossip_membership_total_peers_known')).toEqual(Array<number>(members).fill(members - 1));
    expect(new Set(valuesOf('consensus_smartbft_view_leader_id')).size).toBe(1);
    expect(valuesOf('consensus_smartbft_view_leader_id')).not.toContain(0);
    const heights = valuesOf('ledger_blockchain_height');
    expect(Math.max(...heights) - Math.min(...heights)).toBeLessThanOrEqual(1);
  });

  test('is told by `certs --metrics` when each certificate ends, under the name and labels that the alerts use', async () => {
    const file = join(network.folder, 'certificates.prom');
    await network.run('certs', '--metrics', file);
    const samples = parseMetrics(readFileSync(file, 'utf8'));
    const [, ...labels] = EXPORTED.host['medaccord_certificate_not_after_seconds'] ?? [];
    expect(samples.length).toBeGreaterThan(network.topology.organisations.length * 5);
    for (const sample of samples) {
      expect(sample.name).toBe('medaccord_certificate_not_after_seconds');
      expect(Object.keys(sample.labels).sort()).toEqual([...labels].sort());
      expect(sample.value).toBeGreaterThan(Date.now() / 1000);
    }
  }, 60_000);
});
