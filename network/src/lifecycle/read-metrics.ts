import { get } from 'node:http';
import type { Organisation, Topology } from '../topology';

/** One value that a node exports, such as `ledger_blockchain_height{channel="one"} 12`. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const ANSWERS_WITHIN_MS = 2000;
const LARGEST_ANSWER = 8_000_000;
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Reads the text format of Prometheus. Pure; what is no sample is left out. */
export function parseMetrics(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value = ''] = SAMPLE.exec(line) ?? [];
    if (name === undefined) return [];
    const pairs = [...labels.matchAll(LABEL)].map(([, label = '', text = '']) => [label, text.replace(/\\(.)/g, '$1')]);
    return [{ name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) }];
  });
}

/** What a node exports now; undefined when it does not answer in time. */
export function readMetrics(host: string, port: number): Promise<Sample[] | undefined> {
  return new Promise((resolve) => {
    const request = get({ host, port, path: '/metrics', agent: false, signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > LARGEST_ANSWER) request.destroy(new Error('more than any node has to say'));
      });
      response.once('end', () => resolve(response.statusCode === 200 ? parseMetrics(text) : undefined));
      response.once('error', () => resolve(undefined));
    });
    request.once('error', () => resolve(undefined));
  });
}

/** The value of a metric, of the one of a channel where it has many. */
export function findValue(samples: readonly Sample[], metric: string, channel?: string): number | undefined {
  return samples.find(({ name, labels }) => name === metric && (channel === undefined || labels['channel'] === channel))?.value;
}

/** Number of the consenter that an orderer takes for the leader of a channel; undefined: of none. */
export function findLeader(samples: readonly Sample[], channel: string): number | undefined {
  // The one of the library is right at once after a restart; the other one only from the next block on.
  const leader = findValue(samples, 'consensus_smartbft_view_leader_id', channel) ?? findValue(samples, 'consensus_BFT_leader_id', channel);
  return leader === 0 ? undefined : leader;
}

/** The same, asked now; undefined also when the orderer does not answer. */
export async function readLeader({ host, channel }: Topology, { ports }: Organisation): Promise<number | undefined> {
  return findLeader((await readMetrics(host, ports.ordererOperations)) ?? [], channel);
}

const CONSENTER = 1;

/** Whether an orderer takes part in ordering a channel (fabric/orderer/common/types/channelinfo.go); undefined: it does not say. */
export function isConsenter(samples: readonly Sample[], channel: string): boolean | undefined {
  const relation = findValue(samples, 'participation_consensus_relation', channel);
  return relation === undefined ? undefined : relation === CONSENTER;
}
