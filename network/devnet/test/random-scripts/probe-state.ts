import type { Call, Operation, Script } from './script';
import { callsOf, unwrap } from './script-texts';

const PUBLIC = new Set(['put', 'get', 'del', 'sbe', 'getsbe', 'history']);
const PRIVATE = new Set(['putp', 'getp', 'delp', 'purgep', 'hashp', 'sbep', 'getsbep']);

/** Calls that read at each organisation's peer everything that a script may have touched; what may not be read there tells its error. */
export function probesOf(script: Script, mspIds: readonly string[]): readonly Call[] {
  const touched = callsOf(script)
    .flatMap(({ operations }) => operations)
    .flatMap(unwrap);
  const keys = distinct(touched.filter(([name]) => PUBLIC.has(name)).map(([, key]) => key as string));
  const pairs = distinct(touched.filter(([name]) => PRIVATE.has(name)).map(([, ...pair]) => JSON.stringify(pair.slice(0, 2))));
  const collections = distinct(pairs.map((pair) => (JSON.parse(pair) as [string])[0]));
  const operations: Operation[] = [
    ['range', '@', '@\u{10ffff}', 1000],
    ['partial', 'type', ['@']],
    ...keys.flatMap((key): Operation[] => [
      ['getsbe', key],
      ['history', key],
    ]),
    ...pairs.flatMap((pair): Operation[] => {
      const [collection, key] = JSON.parse(pair) as [string, string];
      return (['hashp', 'getp', 'getsbep'] as const).map((name) => ['try', [name, collection, key]]);
    }),
    ...collections.map((collection): Operation => ['try', ['rangep', collection, '@', '@\u{10ffff}']]),
  ];
  return mspIds.map((org) => ({ org, operations }));
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
