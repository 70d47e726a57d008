import type { AuditLogId, AuditProof, AuditRoot, MspId, RelationRef } from '@medaccord/chaincode/model';
import { newError } from '../problem';
import type { AuditLog, AuditName, AuditRoots } from '../store';

/** Entries of one answer. */
const perPage = 100;

export interface OwnAuditOptions {
  readonly mspId: MspId;
  readonly log: Pick<AuditLog, 'id' | 'list' | 'tree'>;
  readonly roots: AuditRoots;
}

export interface OwnAuditQuery {
  /** Numbers of the root that is proved against, the newest unless given, and of one that the patient knows. */
  readonly root?: number | undefined;
  readonly since?: number | undefined;
  /** Entries after this number. */
  readonly after: number;
}

export interface OwnAuditPage {
  readonly proof: AuditProof;
  /** What to ask for next; null: there are no more. */
  readonly next: { readonly root: number | null; readonly after: number } | null;
}

/**
 * What this process's audit log says of a relation, and of its patient where this organisation knows her, with the proofs that it stands there.
 *
 * @throws CodedError RESOURCE_NOT_FOUND for a root that is not on the ledger; AUDIT_UNAVAILABLE
 */
export function readOwnAudit(
  { mspId, log, roots }: OwnAuditOptions,
  about: { readonly relationRef: string; readonly subjectRef: string | undefined },
  query: OwnAuditQuery,
): OwnAuditPage {
  const root = readRoot(roots, query.root);
  const { relationRef, subjectRef } = about;
  const names: readonly AuditName[] = [['relation', relationRef], ...(subjectRef === undefined ? [] : [['subject', subjectRef] as const])];
  const found = log.list({ names: [], anyOf: [names], from: query.after + 1 }, { most: perPage + 1 });
  const entries = found
    .slice(0, perPage)
    .map(({ n, text }) => ({ n, text, path: root !== null && n <= root.size ? log.tree.path(n, root.size) : [] }));
  const proof = {
    ...{ relationRef: relationRef as RelationRef, mspId, log: log.id as AuditLogId, root },
    ...{ earlier: proveSince(log, roots, root, query.since), entries },
  };
  return { proof, next: found.length > perPage ? { root: root?.number ?? null, after: entries.at(-1)?.n ?? 0 } : null };
}

function readRoot(roots: AuditRoots, number: number | undefined): AuditRoot | null {
  if (number === undefined) return roots.findNewest()?.value ?? null;
  const root = roots.find(number)?.value;
  if (root === undefined) throw newError('RESOURCE_NOT_FOUND', 'This audit log has no such root on the ledger');
  return root;
}

function proveSince(
  { tree }: Pick<AuditLog, 'tree'>,
  roots: AuditRoots,
  root: AuditRoot | null,
  since: number | undefined,
): AuditProof['earlier'] {
  if (since === undefined || root === null) return null;
  const earlier = readRoot(roots, since);
  if (earlier === null || earlier.size > root.size) throw newError('RESOURCE_NOT_FOUND', 'That root is a later one');
  return { root: earlier, path: tree.consistency(earlier.size, root.size) };
}
