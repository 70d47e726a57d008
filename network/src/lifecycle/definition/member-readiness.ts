import type { PeerConnection } from '../peer-connection';
import { compareTerms, type FieldDifference } from './definition';
import type { NamedDefinition } from './definition-messages';
import { queryApproved, queryReadiness, type MismatchedPart } from './definition-queries';

/** Where one member stands towards a definition that is wanted. */
export interface MemberReadiness {
  readonly mspId: string;
  readonly approved: boolean;
  /** Parts in which its approval is other; none when it has approved. */
  readonly differs: readonly MismatchedPart[];
  /** The same by field, for members whose own peer was asked: what a member approved is its private data, of which others have hashes. */
  readonly fields: readonly FieldDifference[] | undefined;
}

/** What Fabric compares at once under one name. */
const PART_WORDS: Readonly<Record<MismatchedPart, string>> = {
  nothing: 'nothing for this sequence',
  version: 'another version (or endorsement plugin, or need of initialisation)',
  policy: 'another policy (or validation plugin)',
  collections: 'other collections',
};

/**
 * Asks the first peer who approved the definition, and each peer what its own organisation approved instead.
 * @param connections at least one; each adds the fields of its own organisation.
 * @throws LifecycleError
 */
export async function readMembers(
  connections: readonly [PeerConnection, ...PeerConnection[]],
  channel: string,
  definition: NamedDefinition,
): Promise<MemberReadiness[]> {
  const { approvals, mismatches } = await queryReadiness(connections[0], channel, definition);
  const members = Object.entries(approvals).map(async ([mspId, approved]): Promise<MemberReadiness> => {
    const own = connections.find((connection) => connection.mspId === mspId);
    const asked = approved || own === undefined ? undefined : await compareApproved(own, channel, definition);
    return { mspId, approved, differs: mismatches[mspId] ?? [], fields: asked };
  });
  return (await Promise.all(members)).sort((one, other) => (one.mspId < other.mspId ? -1 : 1));
}

/** A line per member, and one per field below it where the fields are known. */
export function formatReadiness(members: readonly MemberReadiness[]): string[] {
  return members.flatMap(({ mspId, approved, differs, fields = [] }) => {
    if (approved) return [`${mspId}: approved`];
    if (fields.length === 0) return [`${mspId}: approved ${differs.map((part) => PART_WORDS[part]).join(', ')}`];
    return [`${mspId}: approved something else`, ...formatDifferences(fields)];
  });
}

/** A line per field. */
export function formatDifferences(differences: readonly FieldDifference[]): string[] {
  return differences.map(({ field, wanted, found }) => `  ${field}: ${found}; wanted: ${wanted}`);
}

async function compareApproved(
  connection: PeerConnection,
  channel: string,
  { name, sequence, terms }: NamedDefinition,
): Promise<FieldDifference[] | undefined> {
  const approved = await queryApproved(connection, channel, name, sequence);
  return approved === undefined ? undefined : compareTerms(terms, approved.terms);
}
