/** Fewest persons of whom a row may tell. */
export const FEWEST = 5;

/** What falls under the same names. */
export interface Cell {
  /** From the widest on. */
  readonly names: readonly string[];
  /** Whom it tells of: never more than `FEWEST` of them are held. */
  readonly persons: ReadonlySet<string>;
  readonly sums: Readonly<Record<string, number>>;
}

/** A row that may be told. A name that is null stands for several together. */
export interface Row {
  readonly names: readonly (string | null)[];
  readonly sums: Readonly<Record<string, number>>;
}

interface Block extends Row {
  readonly persons: ReadonlySet<string>;
}

/**
 * Puts together what tells of fewer than `FEWEST` persons, until no row does. The rows divide the cells among them: each cell is in one row
 * at most, so no sum of rows less other rows comes to less than a row. What is together at the first `kept` names and is still too small is
 * left out; no row tells of two of these, nor is there any total, so that nothing that is left out can be worked out from the rest.
 *
 * @param cells with as many names each; several of the same names are one
 * @param kept how many names no row leaves open
 */
export function mergeSmall(cells: readonly Cell[], kept: number): readonly Row[] {
  const [first] = cells;
  if (first === undefined) return [];
  let blocks: readonly Block[] = groupBy(cells, first.names.length).map((same) => merge(same, same[0]?.names ?? []));
  for (let depth = first.names.length - 1; depth >= kept; depth -= 1)
    blocks = groupBy(blocks, depth).flatMap((group) => gather(group, depth));
  return blocks
    .filter((block) => !isSmall(block))
    .sort((one, other) => compare(JSON.stringify(one.names), JSON.stringify(other.names)))
    .map(({ names, sums }) => ({ names, sums }));
}

/** Makes one row of the small ones of a group, with the smallest of the others where they are still too small. */
function gather(group: readonly Block[], depth: number): readonly Block[] {
  const small = group.filter(isSmall);
  const large = group.filter((block) => !isSmall(block)).sort(bySize);
  if (small.length === 0) return group;
  const names = (small[0]?.names ?? []).map((name, at) => (at < depth ? name : null));
  const together = merge(small, names);
  const [smallest, ...others] = large;
  if (!isSmall(together) || smallest === undefined) return [together, ...large];
  return [merge([together, smallest], names), ...others];
}

function merge(blocks: readonly (Cell | Block)[], names: Block['names']): Block {
  const sums: Record<string, number> = {};
  const persons = new Set<string>();
  for (const block of blocks) {
    for (const [name, value] of Object.entries(block.sums)) sums[name] = (sums[name] ?? 0) + value;
    for (const person of block.persons) if (persons.size < FEWEST) persons.add(person);
  }
  return { names, persons, sums };
}

function groupBy<T extends Cell | Block>(blocks: readonly T[], depth: number): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const block of blocks) {
    const name = JSON.stringify(block.names.slice(0, depth));
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [block]);
    else group.push(block);
  }
  return [...groups.values()];
}

const isSmall = ({ persons }: Block): boolean => persons.size < FEWEST;
const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/** The fewest first. */
function bySize(one: Block, other: Block): number {
  return (one.sums.count ?? 0) - (other.sums.count ?? 0) || compare(JSON.stringify(one.names), JSON.stringify(other.names));
}
