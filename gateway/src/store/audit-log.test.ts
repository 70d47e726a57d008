import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AuditLog, hashEntry, type AuditDraft } from './audit-log';
import { newLocalKey, type LocalKey } from './local-key';
import { makePrivateFolder } from './private-file';

let folder: string;
let key: LocalKey;
let log: AuditLog;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'medaccord-audit-'));
  makePrivateFolder(join(folder, 'keys'));
  key = newLocalKey(randomBytes(32));
  log = new AuditLog(folder, key);
});

afterEach(() => {
  log.close();
  rmSync(folder, { recursive: true, force: true });
});

const newDraft = (about: string, query = 'cnry-query'): AuditDraft => ({
  says: { event: 'read', subject: about },
  own: { person: 'cnry-person', query },
  names: [
    ['subject', about],
    ['event', 'read'],
  ],
});
const unavailable = { code: 'AUDIT_UNAVAILABLE' };
const numbersOf = (subject: string): number[] => log.list({ names: [['subject', subject]] }, { most: 100 }).map(({ n }) => n);
const reopen = (mostPages?: number): void => {
  log.close();
  log = new AuditLog(folder, key, mostPages);
};
const readEntry = (n: number): Record<string, unknown> => JSON.parse(log.find(n)?.text ?? '{}') as Record<string, unknown>;

describe('the audit log', () => {
  it('keeps entries in one order, each with the hash of the one before, across a new start', async () => {
    await Promise.all([log.append([newDraft('ada')]), log.append([newDraft('bea'), newDraft('ada')])]);
    reopen();
    await log.append([newDraft('bea')]);
    expect([log.length, numbersOf('ada'), numbersOf('bea')]).toEqual([4, [1, 3], [2, 4]]);
    expect(readEntry(1)['previous']).toBe('');
    for (const n of [1, 2, 3]) {
      const hash = Buffer.from(hashEntry(log.find(n)?.text ?? ''));
      expect(readEntry(n + 1)['previous']).toBe(hash.toString('base64url'));
    }
    const { own = '' } = log.find(4) ?? {};
    expect(readEntry(4)['own']).toBe(createHash('sha256').update(own).digest('base64url'));
  });

  it('finds the first entry of a time, and keeps the order when the clock is set back', async () => {
    const clock = jest.spyOn(Date, 'now');
    for (const at of ['2026-01-01', '2026-01-03', '2026-01-02', '2026-01-05']) {
      clock.mockReturnValue(Date.parse(at));
      await log.append([newDraft('ada')]);
    }
    clock.mockRestore();
    const firstSince = (day: string): number => log.findFirstSince(`${day}T00:00:00.000Z` as never);
    expect(['2025-12-31', '2026-01-02', '2026-01-03', '2026-01-04', '2026-01-06'].map(firstSince)).toEqual([1, 2, 2, 4, 5]);
  });

  it('tells a thief of its file nothing that an entry says', async () => {
    await log.append([newDraft('cnry-subject')]);
    log.close();
    const bytes = readdirSync(folder)
      .filter((name) => name.startsWith('audit'))
      .map((name) => readFileSync(join(folder, name), 'latin1'));
    expect(bytes.join('')).not.toContain('cnry');
    log = new AuditLog(folder, key);
  });

  it('refuses what does not fit on a full disk, says so before the next work, and goes on when there is room', async () => {
    const pages = Number(new DatabaseSync(join(folder, 'audit.sqlite')).prepare('PRAGMA page_count').get()?.page_count);
    reopen(pages + 4);
    let kept = 0;
    const fill = async (): Promise<void> => {
      for (;;) {
        await log.append([newDraft('ada', 'x'.repeat(1000))]);
        kept += 1;
      }
    };
    await expect(fill()).rejects.toMatchObject(unavailable);
    expect(kept).toBeGreaterThan(0);
    expect(() => log.assertReady()).toThrow(expect.objectContaining(unavailable));
    expect([log.length, numbersOf('ada').length]).toEqual([kept, kept]);
    reopen(pages + 400);
    log.assertReady();
    await log.append([newDraft('bea')]);
    expect(numbersOf('bea')).toEqual([kept + 1]);
  });

  it.each(['audit.sqlite', 'audit.sqlite-wal'])('keeps nothing in a file that lost its name (%s)', async (name) => {
    await log.append([newDraft('ada')]);
    renameSync(join(folder, name), join(folder, 'elsewhere'));
    await expect(log.append([newDraft('ada')])).rejects.toMatchObject(unavailable);
    expect(() => log.assertReady()).toThrow(expect.objectContaining(unavailable));
    expect(log.isReady).toBe(false);
  });

  it('does not keep the process waiting for a file that another one locks, and goes on afterwards', async () => {
    const other = new DatabaseSync(join(folder, 'audit.sqlite'));
    other.exec('BEGIN IMMEDIATE');
    await expect(log.append([newDraft('ada')])).rejects.toMatchObject(unavailable);
    other.exec('ROLLBACK');
    other.close();
    log.assertReady();
    await log.append([newDraft('ada')]);
    expect(numbersOf('ada')).toEqual([1]);
  });

  it('is not begun anew where one was: neither a log that was taken away nor another in its place is served', async () => {
    await log.append([newDraft('ada')]);
    log.close();
    for (const name of readdirSync(folder).filter((one) => one.startsWith('audit'))) rmSync(join(folder, name));
    log = new AuditLog(folder, key);
    await expect(log.append([newDraft('ada')])).rejects.toMatchObject(unavailable);
    const other = mkdtempSync(join(tmpdir(), 'medaccord-audit-'));
    makePrivateFolder(join(other, 'keys'));
    new AuditLog(other, key).close();
    renameSync(join(other, 'audit.sqlite'), join(folder, 'audit.sqlite'));
    rmSync(other, { recursive: true });
    reopen();
    await expect(log.append([newDraft('ada')])).rejects.toMatchObject(unavailable);
    rmSync(join(folder, 'keys', 'audit-log'));
    reopen();
    await log.append([newDraft('ada')]);
    expect(log.length).toBe(1);
  });
});
