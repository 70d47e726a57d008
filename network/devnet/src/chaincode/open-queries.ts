import { randomUUID } from 'node:crypto';
import { peer } from '@hyperledger/fabric-protos';
import type { Scan } from '../simulation/range-scan';
import { RequestRefused } from '../simulation/request-refused';

/** Rows that one message to the chaincode holds at most. */
const BATCH = 100;

interface OpenQuery {
  readonly scan: Scan<Uint8Array>;
  pending: Uint8Array[];
  returned: number;
}

/** A page that a chaincode asked for: everything in one answer, with a bookmark. */
export interface Page {
  /** 0: as many as the peer gives. */
  readonly size: number;
  readonly bookmark: string;
}

/** undefined: the query is not paginated. */
export function parsePage(metadata: Uint8Array): Page | undefined {
  if (metadata.length === 0) return undefined;
  const parsed = peer.QueryMetadata.deserializeBinary(metadata);
  const page = { size: parsed.getPagesize(), bookmark: parsed.getBookmark() };
  return page.size === 0 && page.bookmark === '' ? undefined : page;
}

/** Queries of one transaction that are not read to their end (core/chaincode/query_response_generator.go). Rows are serialized results. */
export class OpenQueries {
  readonly #open = new Map<string, OpenQuery>();

  /** totalLimit: rows that one query gives at most; what lies beyond is silently left out. */
  constructor(readonly totalLimit: number) {}

  start(scan: Scan<Uint8Array>, page: Page | undefined): peer.QueryResponse {
    const id = randomUUID();
    const query = { scan, pending: [], returned: 0 };
    if (page !== undefined) return this.#page(id, query, page);
    this.#open.set(id, query);
    return this.#batch(id, query);
  }

  /** @throws RequestRefused for an unknown or closed query. */
  next(id: string): peer.QueryResponse {
    const query = this.#open.get(id);
    if (query === undefined) throw new RequestRefused('query iterator not found');
    return this.#batch(id, query);
  }

  /** Also for an unknown query: the shim always closes after exhaustion. */
  close(id: string): peer.QueryResponse {
    this.#open.get(id)?.scan.close();
    this.#open.delete(id);
    return newResponse(id, [], false);
  }

  closeAll(): void {
    for (const { scan } of this.#open.values()) scan.close();
    this.#open.clear();
  }

  /** The peer reads one row beyond a full batch, and says that there is more only if it found it. */
  #batch(id: string, query: OpenQuery): peer.QueryResponse {
    while (query.returned < this.totalLimit) {
      const row = query.scan.next();
      if (row === undefined) break;
      query.returned++;
      if (query.pending.push(row) <= BATCH) continue;
      const batch = query.pending.slice(0, BATCH);
      query.pending = [row];
      return newResponse(id, batch, true);
    }
    query.scan.close();
    this.#open.delete(id);
    return newResponse(id, query.pending, false);
  }

  #page(id: string, { scan }: OpenQuery, page: Page): peer.QueryResponse {
    const limit = page.size > 0 ? Math.min(page.size, this.totalLimit) : this.totalLimit;
    const rows: Uint8Array[] = [];
    while (rows.length < limit) {
      const row = scan.next();
      if (row === undefined) break;
      rows.push(row);
    }
    const response = newResponse(id, rows, false);
    const metadata = new peer.QueryResponseMetadata();
    metadata.setFetchedRecordsCount(rows.length);
    metadata.setBookmark(scan.bookmarkAndClose());
    response.setMetadata(metadata.serializeBinary());
    return response;
  }
}

function newResponse(id: string, rows: readonly Uint8Array[], hasMore: boolean): peer.QueryResponse {
  const response = new peer.QueryResponse();
  response.setResultsList(
    rows.map((row) => {
      const result = new peer.QueryResultBytes();
      result.setResultbytes(row);
      return result;
    }),
  );
  response.setHasMore(hasMore);
  response.setId(id);
  return response;
}
