import { parseAuditRoot } from './audit-root';
import { formatBase64url } from './encoding/base64url';
import { formatCanonical } from './encoding/canonical-json';
import { integer, list, nullable, object, opaque, type Parsed } from './encoding/parser';
import { formatUtf8 } from './encoding/utf8';
import { parseAuditLogId, parseDigest, parseMspId, parseRelationRef, type Digest } from './identifiers';
import { hashLeaf, isConsistent, isIncluded, MAX_PROOF, type Sha256 } from './merkle';

const parsePath = list(parseDigest, 0, MAX_PROOF);

/**
 * What an organisation tells a patient out of its audit log: the entries that concern her in one relation, each as it stands there, and that it
 * does. Entries after the root have no path yet.
 */
export const parseAuditProof = object({
  relationRef: parseRelationRef,
  mspId: parseMspId,
  log: parseAuditLogId,
  /** Null: the organisation has anchored none yet. */
  root: nullable(parseAuditRoot),
  /** A root that she was shown before, and that the log goes on from it. */
  earlier: nullable(object({ root: parseAuditRoot, path: parsePath })),
  entries: list(object({ n: integer(1, Number.MAX_SAFE_INTEGER), text: opaque(1_000_000), path: parsePath }), 0, 1_000_000),
});
export type AuditProof = Parsed<typeof parseAuditProof>;

export interface AuditProofProblem {
  readonly what: 'root' | 'earlier root' | 'entry' | 'order of entries';
  /** Number of the root or entry. */
  readonly n: number;
}

/**
 * What of a proof does not hold; nothing when each entry up to the root's size stands in the root's tree as it is told. That the roots stand on
 * the ledger is not seen from here.
 */
export function findProblemOfAuditProof(proof: AuditProof, sha256: Sha256): AuditProofProblem | undefined {
  return findProblemOfRoots(proof, sha256) ?? findProblemOfEntries(proof, sha256);
}

function findProblemOfRoots({ mspId, log, root, earlier }: AuditProof, sha256: Sha256): AuditProofProblem | undefined {
  const isOfLog = (one: typeof root): boolean => one === null || (one.mspId === mspId && one.log === log);
  if (root !== null && !isOfLog(root)) return { what: 'root', n: root.number };
  if (earlier === null) return undefined;
  const goesOn = root !== null && isOfLog(earlier.root) && isConsistent(earlier.root, root, earlier.path, sha256);
  return goesOn ? undefined : { what: 'earlier root', n: earlier.root.number };
}

function findProblemOfEntries({ log, root, entries }: AuditProof, sha256: Sha256): AuditProofProblem | undefined {
  let last = 0;
  for (const { n, text, path } of entries) {
    if (n <= last) return { what: 'order of entries', n };
    last = n;
    if (!isEntryOf(text, log, n)) return { what: 'entry', n };
    if (root === null || n > root.size) continue;
    const hash = formatBase64url(hashLeaf(formatUtf8(text), sha256)) as Digest;
    if (!isIncluded({ index: n - 1, hash }, root, path, sha256)) return { what: 'entry', n };
  }
  return undefined;
}

/** Whether a text is canonical JSON that names its own place. */
function isEntryOf(text: string, log: string, n: number): boolean {
  try {
    const entry = JSON.parse(text) as { readonly log?: unknown; readonly n?: unknown };
    return entry.log === log && entry.n === n && formatCanonical(entry) === text;
  } catch {
    return false;
  }
}
