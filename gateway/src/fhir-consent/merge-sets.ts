import { formatCanonical, type ConsentException, type ConsentSet, type MspId, type Period } from '@medaccord/chaincode/model';

/** An exception and the organisations in whose documents it stands. */
export interface SharedException {
  readonly exception: ConsentException;
  readonly mspIds: readonly MspId[];
}

/** Sets of several relations that one Consent says. */
export interface SharedSet {
  readonly base: ConsentSet['base'];
  readonly period: Period | undefined;
  readonly mspIds: readonly MspId[];
  readonly exceptions: readonly SharedException[];
}

/** Puts the sets of several relations together where base and period are the same. The order in each relation is kept. */
export function mergeSets(relations: readonly (readonly [MspId, readonly ConsentSet[]])[]): readonly SharedSet[] {
  const rows = interleave(relations, ({ base, period }) => formatCanonical({ base, period }));
  return rows.map(({ mspIds, values }) => {
    const [set] = values;
    const exceptions = interleave(
      values.map((one, at) => [mspIds[at] as MspId, one.exceptions] as const),
      formatCanonical,
    );
    return {
      base: set?.base ?? 'deny',
      period: set?.period,
      mspIds,
      exceptions: exceptions.map((row) => ({ exception: row.values[0] as ConsentException, mspIds: row.mspIds })),
    };
  });
}

/** One list that holds each of the lists in its order; what has the same key is put together where the orders allow it. */
function interleave<T>(
  lists: readonly (readonly [MspId, readonly T[]])[],
  keyOf: (value: T) => string,
): readonly { readonly mspIds: readonly MspId[]; readonly values: readonly T[] }[] {
  const rows: { key: string; mspIds: MspId[]; values: T[] }[] = [];
  for (const [mspId, values] of lists) {
    let next = 0;
    for (const value of values) {
      const key = keyOf(value);
      const same = rows.findIndex((row, at) => at >= next && row.key === key);
      if (same >= 0) {
        rows[same]?.mspIds.push(mspId);
        rows[same]?.values.push(value);
        next = same + 1;
      } else {
        rows.splice(next, 0, { key, mspIds: [mspId], values: [value] });
        next += 1;
      }
    }
  }
  return rows;
}
