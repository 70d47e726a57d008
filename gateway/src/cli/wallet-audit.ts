import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import {
  findProblemOfAuditProof,
  formatCanonical,
  parseAuditProof,
  parseJson,
  type AuditProof,
  type AuditRoot,
} from '@medaccord/chaincode/model';
import { GatewayClient, type Answers, type Member } from '../story';
import { CliError } from './cli-error';
import { print } from './command';
import { formatAuditEntry } from './format-audit-entry';

export interface AuditWish {
  readonly relationRef: string;
  /** The member whose log is read, and all members. */
  readonly at: Member;
  readonly members: readonly Member[];
  readonly token: string;
  /** Where the proof is kept, and where that of last time lies. */
  readonly save: string | undefined;
  readonly json: boolean;
}

/** Other members are asked whether they have the same root: one that does not answer is no harm. */
const patience = { allMs: 2_000, attemptMs: 2_000 };

/**
 * Shows a patient what a member's audit log says of her. Believed is what is proved against a root that other members have on the ledger, too, and
 * what she kept last time must still be there.
 *
 * @throws {CliError} AUDIT_PROOF_WRONG, PROOF_UNREADABLE
 */
export async function showAudit(wish: AuditWish): Promise<void> {
  const kept = wish.save === undefined ? undefined : await readKept(wish.save);
  const proof = await readProof(wish, kept);
  const problem = findProblemOfAuditProof(proof, (bytes) => createHash('sha256').update(bytes).digest());
  if (problem !== undefined) throw wrong(`${problem.what} ${String(problem.n)} is not what was anchored`);
  if (kept?.log === proof.log) assertKept(kept, proof);
  const confirmedBy = proof.root === null ? [] : await confirm(wish, proof.root);
  if (wish.save !== undefined) await writeFile(wish.save, `${formatCanonical(proof)}\n`, { mode: 0o600 });
  if (wish.json) print(JSON.stringify({ ...proof, confirmedBy }));
  else for (const line of describe(proof, confirmedBy)) print(line);
}

async function readProof({ at, relationRef, token }: AuditWish, kept: AuditProof | undefined): Promise<AuditProof> {
  const client = new GatewayClient(at.gateway);
  const read = (query: object): Promise<Answers['ownAudit']> =>
    client.get(`/api/relations/${relationRef}/audit?${new URLSearchParams(query as Record<string, string>).toString()}`, { token });
  const since = kept?.root?.number;
  let { proof: first, next } = await read({});
  if (since !== undefined && first.root !== null && kept?.log === first.log)
    ({ proof: first, next } = await read({ since: String(since), root: String(first.root.number) }));
  const entries = [...first.entries];
  while (next !== null) {
    const page: Answers['ownAudit'] = await read({ after: String(next.after), ...(next.root !== null && { root: String(next.root) }) });
    entries.push(...page.proof.entries);
    next = page.next;
  }
  return parseAuditProof({ ...first, entries }, 'answer');
}

async function readKept(file: string): Promise<AuditProof | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  try {
    return text === undefined ? undefined : parseJson(parseAuditProof, text, file);
  } catch {
    throw new CliError('PROOF_UNREADABLE', `${file} is not a proof that was saved here.`, 'Name a file that is new, or one of last time.');
  }
}

function assertKept(kept: AuditProof, proof: AuditProof): void {
  if (kept.root !== null && formatCanonical(proof.earlier?.root ?? null) !== formatCanonical(kept.root))
    throw wrong(`root ${String(kept.root.number)} is not the one of last time`);
  const now = new Map(proof.entries.map(({ n, text }) => [n, text]));
  const gone = kept.entries.find(({ n, text }) => now.get(n) !== text);
  if (gone !== undefined) throw wrong(`entry ${String(gone.n)}, which was shown last time, is gone or says something else`);
}

/** The other members whose ledger has the same root. */
async function confirm({ at, members }: AuditWish, root: AuditRoot): Promise<readonly string[]> {
  const path = `/api/audit-roots/${root.mspId}/${root.log}/${String(root.number)}`;
  const others = members.filter(({ mspId }) => mspId !== at.mspId);
  const answers = await Promise.allSettled(
    others.map(({ gateway }) => new GatewayClient(gateway, patience).get<{ readonly root: AuditRoot }>(path, {})),
  );
  return answers.flatMap((answer, index) => {
    if (answer.status === 'rejected') return [];
    const mspId = others[index]?.mspId ?? '';
    if (formatCanonical(answer.value.root) !== formatCanonical(root)) throw wrong(`${mspId} has another root ${String(root.number)}`);
    return [mspId];
  });
}

function describe({ root, entries }: AuditProof, confirmedBy: readonly string[]): readonly string[] {
  const lines = entries.map(({ text }) => formatAuditEntry(text));
  const total = `${String(entries.length)} entries`;
  if (root === null) return [...lines, `${total}; this organisation has anchored none yet, so nothing is proved.`];
  const proved = entries.filter(({ n }) => n <= root.size).length;
  const who = confirmedBy.length === 0 ? 'no other member was reached to confirm it' : `${confirmedBy.join(', ')} have it, too`;
  return [...lines, `${total}, ${String(proved)} of them proved by root ${String(root.number)} of ${root.issuedAt}; ${who}.`];
}

function wrong(what: string): CliError {
  return new CliError(
    'AUDIT_PROOF_WRONG',
    `The audit log was changed, or this is not it: ${what}.`,
    'Keep the file that you saved before, and show it to another member, or to whoever supervises this one.',
  );
}
