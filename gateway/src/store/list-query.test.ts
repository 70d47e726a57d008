import { openDatabase } from './database';
import { listOrders, writePage } from './list-query';
import { listedTable } from './resource-list';

describe('a page of a list', () => {
  const database = openDatabase(':memory:', [listedTable]);
  const put = database.prepare('INSERT INTO listed (record_id, version, type, subject_ref, updated) VALUES (?, 1, ?, ?, ?)');
  for (let at = 0; at < 60; at += 1)
    put.run(
      `r${String(at)}`,
      at % 2 === 0 ? 'A' : 'B',
      `s${String(at % 3)}`,
      `2026-01-01T00:00:${String((at * 7) % 60).padStart(2, '0')}.000Z`,
    );
  const queries = [{ type: 'A' }, { type: 'A', subjectRef: 's1' }].flatMap((query) => listOrders.map((order) => ({ query, order })));

  it.each(queries)('is read from an index, neither walked to nor sorted: $query, $order', ({ query, order }) => {
    const { sql, values } = writePage(query, { order, after: { rank: 1, updated: '2026' }, most: 20 });
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values);
    const details = plan.map(({ detail }) => String(detail));
    expect(details).toEqual([expect.stringMatching(/^SEARCH listed USING INDEX listed_.*>\?|^SEARCH listed USING INDEX listed_.*<\?/)]);
  });

  it.each(queries)('leads through everything once, in order: $query, $order', ({ query, order }) => {
    const seen: { rank: number; updated: string }[] = [];
    for (;;) {
      const { sql, values } = writePage(query, { order, after: seen.at(-1), most: 7 });
      const page = database.prepare(sql).all(...values) as unknown as { rank: number; updated: string }[];
      seen.push(...page);
      if (page.length < 7) break;
    }
    expect(new Set(seen.map(({ rank }) => rank)).size).toBe('subjectRef' in query ? 10 : 30);
    const keys = seen.map(({ rank, updated }) => (order === 'created' ? String(rank).padStart(3, '0') : updated));
    expect(keys).toEqual(order === '-updated' ? [...keys].sort().reverse() : [...keys].sort());
  });
});
