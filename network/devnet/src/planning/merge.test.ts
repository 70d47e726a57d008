import { rolePrincipal, type Role } from '../policy/build-policy';
import { mergeSets } from './merge';
import { parsePrincipal, type Principal } from './principal';
import type { PrincipalSet } from './principal-sets';

/** "1m 2p" is a member of the first organisation and a peer of the second. */
function set(names: string): PrincipalSet {
  return names.split(' ').map(principal);
}

function principal(name: string): Principal {
  const roles: Readonly<Record<string, Role>> = { m: 'member', p: 'peer', a: 'admin' };
  const parsed = parsePrincipal(rolePrincipal(`Org${name.slice(0, -1)}MSP`, roles[name.slice(-1)] ?? 'member'));
  if (parsed === undefined) throw new Error(name);
  return parsed;
}

function names(sets: readonly PrincipalSet[]): string[] {
  const known = new Map(['1', '2', '3', '4', '5'].flatMap((n) => ['m', 'p', 'a'].map((r) => [principal(n + r).key, n + r])));
  return sets
    .map((one) =>
      one
        .map(({ key }) => known.get(key))
        .sort()
        .join(' '),
    )
    .sort();
}

const merge = (first: string[], second: string[]): string[] => names(mergeSets(first.map(set), second.map(set)));

describe('merging the principal sets of two policies', () => {
  it('fuses a set into one that contains it, and keeps what a principal lacks to cover it alone', () => {
    const merged = ['1p 2m 2p', '3p 4p'];
    expect(merge(['1m 2m 2m', '3p 4p'], ['1p 2p', '3m 4m'])).toEqual(merged);
    expect(merge(['3p 4p', '1m 2m 2m'], ['3m 4m', '1p 2p'])).toEqual(merged);
    expect(merge(['1p 2p', '3m 4m'], ['1m 2m 2m', '3p 4p'])).toEqual(merged);
  });

  it('combines sets that contain nothing of each other, each with each', () => {
    const merged = ['1m 2m 2m 3m', '1m 2m 2m 4p 5p', '2m 3m 3p 4p', '3p 4p 5p'];
    expect(merge(['1m 2m 2m', '3p 4p'], ['2m 3m', '4p 5p'])).toEqual(merged);
  });

  it('drops a set that has another as a subset', () => {
    expect(merge(['1m 2m', '3p 4p 5m'], ['2m 3m', '3p 4m 4m', '4p 5m'])).toEqual(['1m 2m 3m', '3p 4p 5m']);
  });

  it('leaves a set as it is that satisfies the other policy already', () => {
    expect(merge(['1m 2m'], ['1m', '2m'])).toEqual(['1m 2m']);
  });

  it('does not combine a set that contained another any further, although that loses combinations', () => {
    expect(merge(['1m 2m 2m', '3p'], ['1p 2p', '4p'])).toEqual(['1p 2m 2p', '3p 4p']);
    expect(merge(['1p 2p', '4p'], ['1m 2m 2m', '3p'])).toEqual(['1p 2m 2p', '3p 4p']);
  });

  it('never takes one role for another', () => {
    expect(merge(['1p'], ['1a'])).toEqual(['1a 1p']);
    expect(merge(['1p'], ['1m'])).toEqual(['1p']);
  });
});
