import fc from 'fast-check';
import { text, utf8 } from '../proto/bytes';
import { newMemoryStore } from './memory-store';
import type { Change } from './ordered-store';
import { VersionedStore, type HeldView } from './versioned-store';

const change = (key: string, value: string | undefined): Change => ({
  key: utf8(key),
  value: value === undefined ? undefined : utf8(value),
});
const everything = { start: utf8('a'), end: utf8('~') };
const read = (view: HeldView): Record<string, string> =>
  Object.fromEntries([...view.scan(everything)].map(({ key, value }) => [text(key), text(value)]));

describe('a held height', () => {
  it('reads as it was, for values that are new, changed, or gone since', () => {
    const store = new VersionedStore(newMemoryStore(), 0);
    store.commit([change('a', '1'), change('b', '1')]);
    const view = store.hold(1);
    store.commit([change('a', '2'), change('b', undefined), change('c', '2')]);
    store.commit([change('a', '3'), change('b', '3')]);
    expect(read(view)).toEqual({ a: '1', b: '1' });
    expect(['a', 'b', 'c'].map((key) => view.get(utf8(key)))).toEqual([utf8('1'), utf8('1'), undefined]);
    view.release();
  });

  it('can be held again while somebody holds it or an older one, and not when it is gone', () => {
    const store = new VersionedStore(newMemoryStore(), 0);
    const first = store.hold(0);
    store.commit([change('a', '1')]);
    const second = store.hold(0);
    first.release();
    first.release();
    store.commit([change('a', '2')]);
    expect(read(store.hold(1))).toEqual({ a: '1' });
    expect(read(second)).toEqual({});
    second.release();
    expect(() => store.hold(0)).toThrow(RangeError);
    expect(() => store.hold(3)).toThrow(RangeError);
  });

  it('reads on through a long scan while blocks commit', () => {
    const store = new VersionedStore(newMemoryStore(), 0);
    const keys = Array.from({ length: 350 }, (_, i) => `k${String(i).padStart(3, '0')}`);
    store.commit(keys.map((key) => change(key, 'old')));
    const view = store.hold(1);
    const seen: string[] = [];
    for (const { key, value } of view.scan(everything)) {
      seen.push(`${text(key)}=${text(value)}`);
      if (seen.length % 50 === 0)
        store.commit([change(`k${String(seen.length + 60).padStart(3, '0')}`, undefined), change(`k${String(seen.length)}x`, 'new')]);
    }
    expect(seen).toEqual(keys.map((key) => `${key}=old`));
    view.release();
  });

  it('is what a copy of the store would have been, whatever is committed and released', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const block = fc.array(fc.tuple(key, fc.option(fc.constantFrom('1', '2'), { nil: undefined })), { maxLength: 4 });
    const step = fc.record({ block, holds: fc.boolean(), releases: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const store = new VersionedStore(newMemoryStore(), 0);
        let now: Record<string, string> = {};
        let held: { readonly view: HeldView; readonly copy: Record<string, string> }[] = [];
        for (const { block: changes, holds, releases } of steps) {
          if (holds) held.push({ view: store.hold(store.height), copy: now });
          store.commit(changes.map(([name, value]) => change(name, value)));
          for (const [name, value] of changes) {
            const { [name]: _gone, ...rest } = now;
            now = value === undefined ? rest : { ...rest, [name]: value };
          }
          held[releases]?.view.release();
          held = held.filter((_, index) => index !== releases);
          for (const { view, copy } of held) expect(read(view)).toEqual(copy);
        }
      }),
    );
  });
});
