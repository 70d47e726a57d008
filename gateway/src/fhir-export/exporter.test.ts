import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { newError, readCode } from '../problem';
import type { IndexedRecord, Listed, LocalKey, Place } from '../store';
import { newLocalKey } from '../store/local-key';
import { Exporter } from './exporter';
import type { ExportJob as Job } from './export-job';
import type { ExportRequest } from './export-request';
import type { ExportSource } from './export-source';
import { newRecordSource, type RecordExporter } from './record-source';

type ExportJob = Job<ExportRequest, Place>;

const folder = mkdtempSync(join(tmpdir(), 'medaccord-export-'));
const key: LocalKey = newLocalKey(Buffer.alloc(32, 7));
const request = { level: 'system', types: ['Location'], since: undefined } as const;
let now = Date.parse('2026-01-01T00:00:00Z');

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** An exporter over so many Locations; `fail` says what reading one does. */
function newExporter(count: number, fail: (at: number) => Error | undefined = () => undefined): RecordExporter {
  const listed = Array.from({ length: count }, (_, at): Listed => {
    return { recordId: String(at), version: 1, type: 'Location', subjectRef: null, place: { rank: at + 1, updated: '' } };
  });
  const resources = {
    list: (_query: unknown, { after, most }: { after?: { rank: number } | undefined; most: number }) =>
      listed.filter(({ place }) => place.rank > (after?.rank ?? 0)).slice(0, most),
  };
  const index = { findVersion: (recordId: string) => ({ recordId, version: 1, type: 'Location', id: recordId }) };
  const present = async (records: readonly IndexedRecord[]): Promise<object[]> => {
    await Promise.resolve();
    for (const { recordId } of records) {
      const error = fail(Number(recordId));
      if (error !== undefined) throw error;
    }
    return records.map(({ id }) => ({ resourceType: 'Location', id }));
  };
  const source = newRecordSource({ reader: { present }, store: { resources, index, changes: { list: () => [] } } } as never);
  return new Exporter({ source, key, folder, now: () => now, onTrouble: () => undefined });
}

async function untilDone(exporter: RecordExporter, { exportId }: ExportJob): Promise<ExportJob> {
  for (let left = 500; left > 0; left -= 1) {
    const job = exporter.find('ada', exportId);
    if (job.state === 'done') return job;
    await delay(10);
  }
  throw new Error('the export did not end');
}

const codeOf = async (run: () => unknown): Promise<unknown> => {
  try {
    await run();
  } catch (error) {
    return readCode(error);
  }
  return undefined;
};

describe('an exporter', () => {
  it('tells what cannot be read in a file of its own, and exports the rest', async () => {
    const exporter = newExporter(120, (at) => (at === 33 ? newError('CONTENT_NOT_ANCHORED', 'x') : undefined));
    const job = await untilDone(exporter, await exporter.begin('ada', 'u', request));
    expect(job.files.map(({ kind, type, count }) => [kind, type, count])).toEqual([
      ['output', 'Location', 119],
      ['error', 'OperationOutcome', 1],
    ]);
    const { text: errors } = await exporter.readFile('ada', job.exportId, '2');
    expect(JSON.parse(errors).issue[0]).toMatchObject({
      details: { coding: [{ code: 'CONTENT_NOT_ANCHORED' }] },
      diagnostics: 'Location/33 cannot be read',
    });
    await exporter.stop();
  });

  it('works on none before it is written down, at whatever moment it begins', async () => {
    const exporter = newExporter(0);
    const seal = jest.spyOn(key, 'seal');
    const early: string[] = [];
    for (let turns = 0; turns < 60; turns += 1) {
      const first = await exporter.begin('ada', 'u', request);
      for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
      seal.mockClear();
      let isBegun = false;
      seal.mockImplementation((name, bytes) => {
        const { state } = JSON.parse(bytes.toString()) as ExportJob;
        if (state === 'done' && !name.includes(first.exportId) && !isBegun) early.push(name);
        return newLocalKey(Buffer.alloc(32, 7)).seal(name, bytes);
      });
      const second = await exporter.begin('ada', 'u', request);
      isBegun = true;
      for (const job of [first, second]) await exporter.remove('ada', (await untilDone(exporter, job)).exportId);
    }
    seal.mockRestore();
    await exporter.stop();
    expect(early).toEqual([]);
  });

  it('waits for a ledger that is away, and leaves nothing out', async () => {
    let away = 3;
    const exporter = newExporter(3, () => (away-- > 0 ? newError('LEDGER_UNAVAILABLE', 'x') : undefined));
    const job = await untilDone(exporter, await exporter.begin('ada', 'u', request));
    expect([job.files.map(({ count }) => count), away < 0]).toEqual([[3], true]);
    await exporter.stop();
  });

  it('leaves nothing on disk of an export that is deleted while it is written', async () => {
    for (const { exportId } of readJobs()) rmSync(join(folder, exportId), { recursive: true });
    let meanwhile: () => void = () => undefined;
    const source: ExportSource<ExportRequest, Place> = {
      readPage: () => Promise.resolve({ lines: ['{}'], errors: ['{}'], after: undefined }),
      listDeletions: () => Promise.resolve([]),
      // Its first file is written by now, the one of its errors is next.
      formatFile: (_request, kind) => {
        if (kind === 'error') meanwhile();
        return '{}';
      },
    };
    const exporter: RecordExporter = new Exporter({ source, key, folder, onTrouble: () => undefined });
    await new Promise<void>((resolve, reject) => {
      meanwhile = () => {
        for (const { exportId } of readJobs()) exporter.remove('ada', exportId).then(resolve, reject);
      };
      exporter.begin('ada', 'u', request).catch(reject);
    });
    expect(readdirSync(folder)).toEqual([]);
    await exporter.stop();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('keeps a few for each person, each for a day, and forgets what was changed on disk', async () => {
    const exporter = newExporter(1);
    const jobs: ExportJob[] = [];
    for (const { exportId } of readJobs()) await exporter.remove('ada', exportId);
    for (let at = 0; at < 5; at += 1) jobs.push(await untilDone(exporter, await exporter.begin('ada', 'u', request)));
    expect(await codeOf(() => exporter.begin('ada', 'u', request))).toBe('REQUESTS_TOO_MANY');
    expect((await exporter.begin('bea', 'u', request)).owner).toBe('bea');
    await exporter.stop();
    const [first, second] = jobs;
    const state = join(folder, first?.exportId ?? '', 'state');
    const sealed = readFileSync(join(folder, second?.exportId ?? '', 'state'));
    writeFileSync(state, sealed);
    const restarted = newExporter(1);
    expect(await codeOf(() => restarted.find('ada', first?.exportId ?? ''))).toBe('RESOURCE_NOT_FOUND');
    expect(restarted.find('ada', second?.exportId ?? '')).toEqual(second);
    now += 24 * 3_600_000;
    expect(await codeOf(() => restarted.find('ada', second?.exportId ?? ''))).toBe('RESOURCE_NOT_FOUND');
    expect(readdirSync(folder)).toEqual([]);
    await restarted.stop();
  });

  /** What is kept of ada's. */
  function readJobs(): { exportId: string }[] {
    return readdirSync(folder).map((exportId) => ({ exportId }));
  }
});
