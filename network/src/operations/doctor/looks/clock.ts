import { existsSync } from 'node:fs';
import { readMachineFacts } from '../../../deployment';
import type { Topology } from '../../../topology';
import type { ClockFacts, ClockReading } from '../checks/clock';
import type { Scene } from '../scene';
import { askHttp } from './ask-http';
import { lookAtNewestTime } from './chain';

interface Source {
  readonly member: string;
  readonly name: string;
  readonly url: string;
}

/** A `Date` header is cut to whole seconds. */
const HALF_A_SECOND_MS = 500;

/** Asks whatever speaks HTTP for its time, and compares with what was written here and on the chain. */
export async function lookAtClock(scene: Scene): Promise<ClockFacts> {
  const { topology, settings, isRunning } = scene;
  const { run } = topology.paths;
  const sources = isRunning ? listSources(topology) : [];
  const readings = await Promise.all(sources.map((source) => read(source, settings.now)));
  return {
    readings: readings.filter((reading) => reading !== undefined),
    silent: sources.filter((_, index) => readings[index] === undefined).map(({ name }) => name),
    lastWritten: existsSync(run) ? readMachineFacts(topology).lastWritten : undefined,
    newest: isRunning && topology.ledger === 'fabric' ? await lookAtNewestTime(scene) : undefined,
    now: settings.now(),
  };
}

async function read({ member, name, url }: Source, now: () => number): Promise<ClockReading | undefined> {
  const sent = now();
  const date = (await askHttp(url))?.date;
  const received = now();
  if (date === undefined) return undefined;
  const doubtMs = HALF_A_SECOND_MS + (received - sent) / 2;
  return { member, name, aheadMs: Math.round(date + HALF_A_SECOND_MS - (sent + received) / 2), doubtMs };
}

function listSources({ host, organisations, ledger, gateway }: Topology): Source[] {
  return organisations.flatMap(({ name: member, ports, nodes }) => {
    const operations = (name: string, port: number): Source => ({ member, name, url: `http://${host}:${String(port)}/healthz` });
    const peer = ledger === 'fabric' ? [operations(`peer-${member}`, ports.peerOperations)] : [];
    const orderer = ledger === 'fabric' && nodes.orderer !== undefined ? [operations(`orderer-${member}`, ports.ordererOperations)] : [];
    const served = gateway === undefined ? [] : [operations(`gateway-${member}`, ports.gateway)];
    return [...peer, ...orderer, ...served];
  });
}
