import type { Call, Operation } from './script';
import { unwrap } from './script-texts';

/**
 * Whether one block with these calls could end real peers for good: a key that one transaction deletes and a later one of the same block
 * gives nothing but a policy makes every peer of the channel panic, at each restart again
 * (core/ledger/kvledger/txmgmt/statedb/statedb.go, PutValAndMetadata; found by these scripts on Fabric 3.1.5). Orderers may exchange what
 * comes at the same time, so the order of the calls does not matter.
 */
export function isFatalBlock(calls: readonly Call[]): boolean {
  const effects = calls.map(({ operations }) => effectsOf(operations.flatMap(unwrap)));
  const keysWhere = (holds: (effect: Effect) => boolean): Set<string> =>
    new Set(effects.flatMap((keys) => [...keys].filter(([, effect]) => holds(effect)).map(([key]) => key)));
  const deleted = keysWhere(({ written }) => written === 'deleted');
  const policed = keysWhere(({ written, policy }) => policy === true && written === undefined);
  return [...policed].some((key) => deleted.has(key));
}

interface Effect {
  written?: 'deleted' | 'put';
  policy?: boolean;
}

/** By key: the last write counts. */
function effectsOf(operations: readonly Operation[]): ReadonlyMap<string, Effect> {
  const effects = new Map<string, Effect>();
  const note = (place: readonly unknown[], effect: Effect): void => {
    const key = JSON.stringify(place);
    effects.set(key, { ...effects.get(key), ...effect });
  };
  for (const [name, ...args] of operations) {
    if (name === 'put') note(args.slice(0, 1), { written: args[1] === '' ? 'deleted' : 'put' });
    else if (name === 'del') note(args.slice(0, 1), { written: 'deleted' });
    else if (name === 'sbe') note(args.slice(0, 1), { policy: true });
    // Without a value it is transient data that is written, which may be empty.
    else if (name === 'putp') note(args.slice(0, 2), { written: args[2] === '' || args[2] === undefined ? 'deleted' : 'put' });
    else if (name === 'delp' || name === 'purgep') note(args.slice(0, 2), { written: 'deleted' });
    else if (name === 'sbep') note(args.slice(0, 2), { policy: true });
  }
  return effects;
}
