import { peer } from '@hyperledger/fabric-protos';
import { utf8 } from '../proto/bytes';
import { newScan } from '../simulation/range-scan';
import { OpenQueries, parsePage, type Page } from './open-queries';

const rows = (count: number): Uint8Array[] => Array.from({ length: count }, (_, n) => utf8(String(n)));
const countOf = (response: peer.QueryResponse): number => response.getResultsList().length;

/** Counts how far the peer has read. */
function counted(count: number): { scan: ReturnType<typeof newScan<Uint8Array>>; readSoFar: () => number } {
  let read = 0;
  const iterator = rows(count).values();
  const next = (): IteratorResult<Uint8Array> => {
    read++;
    return iterator.next();
  };
  return { scan: newScan({ next }), readSoFar: () => read };
}

describe('an open query', () => {
  it('gives up to 100 rows at once and says that there is more only if it found row 101', () => {
    const queries = new OpenQueries(1000);
    expect(queries.start(newScan(rows(100).values()), undefined).getHasMore()).toBe(false);
    const { scan, readSoFar } = counted(101);
    const first = queries.start(scan, undefined);
    expect([countOf(first), first.getHasMore(), readSoFar()]).toEqual([100, true, 101]);
    const second = queries.next(first.getId());
    expect([countOf(second), second.getHasMore()]).toEqual([1, false]);
  });

  it('silently ends at the total limit', () => {
    const queries = new OpenQueries(150);
    const first = queries.start(newScan(rows(500).values()), undefined);
    const second = queries.next(first.getId());
    expect(countOf(first) + countOf(second)).toBe(150);
    expect(second.getHasMore()).toBe(false);
  });

  it('cannot be continued when it is exhausted or closed, but closed again', () => {
    const queries = new OpenQueries(1000);
    const exhausted = queries.start(newScan(rows(3).values()), undefined).getId();
    const closed = queries.start(newScan(rows(101).values()), undefined).getId();
    queries.close(closed);
    for (const id of [exhausted, closed, 'unknown']) {
      expect(() => queries.next(id)).toThrow('query iterator not found');
      expect(queries.close(id).getHasMore()).toBe(false);
    }
  });

  it('hands out a page whole, without reading beyond it', () => {
    const { scan, readSoFar } = counted(300);
    const response = new OpenQueries(1000).start(scan, { size: 120, bookmark: '' });
    expect([countOf(response), response.getHasMore(), readSoFar()]).toEqual([120, false, 120]);
    expect(peer.QueryResponseMetadata.deserializeBinary(response.getMetadata_asU8()).getFetchedRecordsCount()).toBe(120);
  });
});

describe('query metadata', () => {
  const metadata = (size: number, bookmark: string): Uint8Array => {
    const message = new peer.QueryMetadata();
    message.setPagesize(size);
    message.setBookmark(bookmark);
    return message.serializeBinary();
  };

  it.each<[string, Uint8Array, Page | undefined]>([
    ['nothing', new Uint8Array(), undefined],
    ['a page size', metadata(3, ''), { size: 3, bookmark: '' }],
    ['a bookmark alone', metadata(0, 'k'), { size: 0, bookmark: 'k' }],
    ['neither', metadata(0, ''), undefined],
  ])('with %s', (_, bytes, page) => {
    expect(parsePage(bytes)).toEqual(page);
  });
});
