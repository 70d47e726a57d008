import { setTimeout as pause } from 'node:timers/promises';
import { createHash } from 'node:crypto';
import type { Answers, RecordName } from '../answers';
import { readHistory } from '../read-history';
import { requestAccess } from '../request-access';
import { assertHolds } from '../story-error';
import type { MadeRequest, Plot, Stage, Step } from '../step';

/** Sealed documents may reach a member that was away a moment after the consent itself. */
const DOCUMENT_MS = 20_000;
const RECORDS_AT_ONCE = 8;
/** Labels that no consent of this version opens. */
const RESTRICTED: readonly unknown[] = ['R', 'V'];

/**
 * The counterparty asks again; the custodian's release agent decides and delivers. What arrives must be exactly what was consented to, byte
 * for byte as the custodian holds it anchored.
 */
export const release: Step = {
  name: 'release',
  titleOf: ({ custodian, counterparty }) => `${counterparty.title} asks again; ${custodian.title} releases`,
  run: async (stage, plot) => {
    const { counterparty } = stage.cast;
    const requests = await requestUntilReleased(stage, plot);
    const released = requests.at(-1);
    assertHolds(released?.outcome === 'released', 'what the patient consented to is released');
    const token = await stage.tokenOf(counterparty, 'physician');
    const path = `/api/releases/${released.requestId}`;
    const { resources } = await stage.clientOf(counterparty).get<Answers['release']>(path, { token });
    const expected = await readConsented(stage, plot);
    assertHolds(isSameSet(resources, expected), 'exactly the resources that the patient consented to arrive');
    assertHolds(
      resources.every(({ recordId, resource }) => expected.get(recordId)?.text === resource),
      'every resource arrives byte for byte as it was anchored',
    );
    const told = { ...plot, requests: [...plot.requests, ...requests] };
    return {
      plot: told,
      transactions: [...requests.flatMap(({ transactions }) => transactions), ...(await readDeliveries(stage, told, released.requestId))],
      findings: {
        requestId: released.requestId,
        released: resources.length,
        asked: 'all ordinary categories',
        consentVersion: released.consentVersion,
        sha256: hashAll(resources.map(({ resource }) => resource)),
      },
      remarks: [
        `${String(resources.length)} resources, exactly those she consented to, byte for byte as anchored`,
        `asked for everything; consent version ${String(released.consentVersion)} decided`,
      ],
    };
  },
};

async function requestUntilReleased(stage: Stage, plot: Plot): Promise<MadeRequest[]> {
  const made: MadeRequest[] = [];
  const until = Date.now() + DOCUMENT_MS;
  for (;;) {
    const request = await requestAccess(stage, plot, stage.cast.counterparty);
    made.push(request);
    if (request.outcome === 'released' || Date.now() > until) return made;
    await pause(500);
  }
}

/** The transactions that carried the records over, as the patient sees them. */
async function readDeliveries(stage: Stage, plot: Plot, requestId: string): Promise<string[]> {
  const entries = await readHistory(stage, plot);
  return entries.flatMap((entry) => (entry.kind === 'delivery' && entry.requestId === requestId ? [entry.transactionId] : []));
}

type Consented = ReadonlyMap<string, { readonly version: number; readonly text: string }>;

/** What the custodian holds of the consented categories, labels R and V left out. */
async function readConsented(stage: Stage, { subjectRef, categories }: Plot): Promise<Consented> {
  const { custodian } = stage.cast;
  const client = stage.clientOf(custodian);
  const token = await stage.tokenOf(custodian, 'records');
  const { records } = await client.get<Answers['records']>(`/api/records?subject=${subjectRef}`, { token });
  const wanted = records.filter(({ category }) => (categories as readonly string[]).includes(category));
  const texts = await mapInLanes(wanted, ({ recordId }) => client.getText(`/api/records/${recordId}`, { token }));
  const found = wanted.map(({ recordId, version }, at) => [recordId, { version, text: texts[at] ?? '' }] as const);
  return new Map(found.filter(([, { text }]) => !isRestricted(text)));
}

function isRestricted(text: string): boolean {
  const { meta } = JSON.parse(text) as { meta?: { security?: readonly { code?: unknown }[] } };
  return meta?.security?.some(({ code }) => RESTRICTED.includes(code)) ?? false;
}

function isSameSet(resources: readonly RecordName[], expected: Consented): boolean {
  return resources.length === expected.size && resources.every(({ recordId, version }) => expected.get(recordId)?.version === version);
}

async function mapInLanes<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = [...items.entries()];
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: RECORDS_AT_ONCE }, lane));
  return results;
}

/** One hash over all that arrived, in the order of arrival. */
function hashAll(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\n');
  return hash.digest('hex');
}
