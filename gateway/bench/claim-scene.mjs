// One insurer's list of any number of claims, behind HTTP and the gateway's own route. It is filled directly, not over a ledger.
import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adjudicationKey, claimKey } from '@medaccord/chaincode/model';
import { nameService } from '../dist/claim-index/name-service.js';
import { newAdjudicationRoutes } from '../dist/http/routes/adjudications.js';
import { openStore } from '../dist/store/index.js';

const INSURER = 'GammaMSP';
const SNOMED = 'http://snomed.info/sct';
const HASH = 'A'.repeat(43);
const BATCH = 1_000;
const DAY = 86_400_000;
const FIRST = Date.UTC(2024, 0);
/** Two years. */
const SPAN = 731 * DAY;
/** Of each relation and coverage, among few as among many. */
const OF_ONE = 25;

/** Of claims spread over two years a twentieth is queued, a twentieth bills one service, a tenth comes from one hospital; a few charge much. */
export async function newClaimScene(size) {
  const folder = mkdtempSync(join(tmpdir(), 'medaccord-bench-'));
  const store = await openStore(folder, INSURER);
  const started = process.cpuUsage();
  for (let from = 0, block = 0; from < size; from += BATCH, block += 1)
    fill(store, { from, until: Math.min(size, from + BATCH), size, block });
  const { user, system } = process.cpuUsage(started);
  const route = newAdjudicationRoutes({ facts: store.facts, store, mspId: INSURER }).find(({ path }) => path === '/api/adjudications');
  const server = createServer((request, response) => {
    const { searchParams } = new URL(
      request.url.replace('MIDDLE', cursorAt(size)).replace('COVERAGE', coverageOf(OF_ONE)),
      'http://localhost',
    );
    const query = route.query.parse({ count: '20', ...Object.fromEntries(searchParams) });
    route.handle({ query }).then(
      ({ body }) => response.end(JSON.stringify(body)),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    size,
    filledUs: (user + system) / size,
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.close();
      void store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const timeOf = (n, size) => FIRST + Math.floor((n / size) * SPAN);
const cursorAt = (size) => Buffer.from(JSON.stringify({ at: timeOf(size / 2, size), number: 0 })).toString('base64url');
const relationOf = (n) => `relation${Math.floor(n / OF_ONE)}`.padEnd(22, '-');
const coverageOf = (n) => `coverage${Math.floor(n / OF_ONE)}`.padEnd(22, '-');
const claimIdOf = (n) => `claim${n}`.padEnd(22, '-');
/** Without an order that others have, too. */
const spread = (n, of) => ((n * 7_919 + 13) % 10_007) % of;

function fill(store, { from, until, size, block }) {
  const numbers = Array.from({ length: until - from }, (_, at) => from + at);
  const writes = numbers.flatMap((n) => newEntries(n, size)).map(([key, value]) => ({ key, value: JSON.stringify(value) }));
  const transaction = { index: 0, transactionId: `t${block}`, code: 0, writes, event: undefined };
  store.facts.apply({ number: block, time: 0, transactions: [transaction] });
  const contents = numbers.map((n) => {
    const codes = [`s${spread(n, 20)}`, n % 2 === 0 ? 'even' : 'odd'];
    const services = codes.flatMap((code) => [nameService(store.key, code), nameService(store.key, code, SNOMED)]);
    const amount = spread(n, 20) === 11 ? 400_000 + spread(n + 1, 9_000) : 1_000 + 30 * spread(n + 2, 9_000);
    return { relationRef: relationOf(n), claimId: claimIdOf(n), amount, currency: 'USD', services };
  });
  store.facts.claims.open(contents);
}

function newEntries(n, size) {
  const relationRef = relationOf(n);
  const claimId = claimIdOf(n);
  const by = { mspId: INSURER, role: 'gateway', actor: HASH };
  const at = new Date(timeOf(n, size)).toISOString();
  const hospital = n % 2 === 1 && spread(n, 10) < 5 ? 'OddMSP' : `Hospital${spread(n, 10)}MSP`;
  const claim = {
    ...{ relationRef, claimId, use: 'claim', coverageId: coverageOf(n), related: null, hospital, insurer: INSURER },
    ...{ body: HASH, sealed: {}, tags: [HASH], duplicates: spread(n, 20) === 5 ? [0] : [], by, submittedAt: at },
    ...{ acknowledgeBy: at, adjudicateBy: at },
  };
  const adjudication = {
    ...{ relationRef, claimId, n: 1, outcome: spread(n, 20) === 3 ? 'queued' : 'complete', document: HASH, sealed: {}, explanation: HASH },
    ...{ coverageVersion: 1, isOverridden: false, manner: 'rule', status: 'final', by, persons: [], at },
  };
  return [
    [claimKey(relationRef, claimId), claim],
    [adjudicationKey(relationRef, claimId), adjudication],
  ];
}
