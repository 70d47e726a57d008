import { FEWEST, mergeSmall, type Cell, type Row } from './merge-small';

/** Adds up under names, and knows of each only whether enough persons are in it. */
export class CellTally {
  readonly #cells = new Map<string, { readonly names: readonly string[]; readonly persons: Set<string>; sums: Record<string, number> }>();

  add(names: readonly string[], person: string, sums: Cell['sums']): void {
    const name = JSON.stringify(names);
    const cell = this.#cells.get(name) ?? { names, persons: new Set<string>(), sums: {} };
    this.#cells.set(name, cell);
    if (cell.persons.size < FEWEST) cell.persons.add(person);
    for (const [of, value] of Object.entries(sums)) cell.sums[of] = (cell.sums[of] ?? 0) + value;
  }

  /** What may be told. @param kept as mergeSmall has it */
  rows(kept: number): readonly Row[] {
    return mergeSmall([...this.#cells.values()], kept);
  }
}
