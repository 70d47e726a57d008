// npm run bench -- audit: what an entry of the audit log costs, by how many come at once, on the disk of the temporary folder.
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newDraft } from '../dist/audit/index.js';
import { AuditLog } from '../dist/store/audit-log.js';
import { newLocalKey } from '../dist/store/local-key.js';

const AT_ONCE = [1, 8, 64];

/** A physician reads one resource of one of a thousand patients. */
function newRead(key, n) {
  const reference = `Observation/${String(n)}`;
  const act = {
    ...{
      requestId: `r${String(n)}`,
      event: 'read',
      route: 'get /fhir/{type}/{id}',
      types: ['Observation'],
      records: [`${reference}/_history/1`],
    },
    ...{
      actor: { kind: 'staff', subject: 'bench', role: 'physician', department: 'ward' },
      subjectRef: `p${String(n % 1000)}`,
      relationRef: null,
    },
    ...{ purpose: null, status: 200, code: null, query: null },
  };
  return newDraft(act, key);
}

async function measure(log, key, { atOnce, seconds }) {
  const before = { cpu: process.cpuUsage(), at: performance.now(), n: log.length };
  const waits = [];
  const client = async () => {
    while (performance.now() - before.at < seconds * 1000) {
      const startedAt = performance.now();
      await log.append([newRead(key, log.length)]);
      waits.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  const { user, system } = process.cpuUsage(before.cpu);
  const entries = log.length - before.n;
  waits.sort((one, other) => one - other);
  const at = (share) => (waits[Math.floor(waits.length * share)] ?? 0).toFixed(2);
  const rate = ((entries / (performance.now() - before.at)) * 1000).toFixed(0);
  console.log(
    `${String(atOnce).padStart(3)} at once: ${rate} entries per second, wait p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${((user + system) / entries).toFixed(0)} us of CPU each`,
  );
}

/** Prints what the tree over all entries costs, and a proof out of it. */
async function measureTree(log) {
  const startedAt = performance.now();
  const { tree, size } = await log.growTree();
  const grownMs = performance.now() - startedAt;
  const proofs = 1_000;
  const provenAt = performance.now();
  for (let at = 1; at <= proofs; at += 1) tree.path(Math.ceil((size * at) / proofs), size);
  const proofUs = ((performance.now() - provenAt) / proofs) * 1000;
  console.log(`tree over ${String(size)} entries in ${grownMs.toFixed(0)} ms, a proof in ${proofUs.toFixed(0)} us`);
}

/** Prints what an entry costs. */
export async function benchAudit({ seconds }) {
  const folder = mkdtempSync(join(tmpdir(), 'medaccord-bench-audit-'));
  mkdirSync(join(folder, 'keys'), { mode: 0o700 });
  const key = newLocalKey(randomBytes(32));
  const log = new AuditLog(folder, key);
  try {
    for (const atOnce of AT_ONCE) await measure(log, key, { atOnce, seconds });
    await measureTree(log);
    console.log(
      `${String(log.length)} entries, ${(statSync(join(folder, 'audit.sqlite')).size / log.length).toFixed(0)} bytes each in the file`,
    );
  } finally {
    log.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
