import { z } from 'zod';
import type { ClaimFeed } from '../../billing/claim-feed';
import { newError } from '../../problem';
import { claimEventKinds, claimStatuses, type ClaimEvent, type EventPlace, type Facts } from '../../store';
import { eventStream, type StreamPart } from '../event-streams';
import { newRoute, type Request, type Response, type Route } from '../route';
import { billing } from './claims';
import { reference } from './schemas';

export interface ClaimEventsOptions {
  readonly facts: Pick<Facts, 'claimEvents'>;
  readonly feed: ClaimFeed;
  /** Longest silence of an open stream. */
  readonly heartbeatMs: number;
}

/** A client whose connection broke asks again after so many milliseconds. */
const retryMs = 2_000;
const placePattern = /^(\d{1,10})\.(\d{1,7})$/;
const place = z.string().regex(placePattern, 'must be the id of an event').meta({ example: '1204.2' });
const event = z.looseObject({
  id: place,
  event: z.enum(claimEventKinds),
  relationRef: reference,
  claimId: reference,
  status: z.enum(claimStatuses),
});
const query = z.strictObject({
  /** The id of the last event that is known; without it, and without Last-Event-ID, what comes from now on. 0.0: from the first on. */
  after: place.optional(),
  count: z.coerce.number().int().min(1).max(200).default(50),
});

/** Status of claims as it changes: ids and words of the ledger alone; what they are about is read claim by claim. */
export function newClaimEventsRoute(options: ClaimEventsOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/claims/events',
    summary:
      'What happens to the claims of this hospital, as server-sent events that go on after Last-Event-ID; without Accept: text/event-stream a page of them, which Prefer: wait=N waits for',
    access: { by: 'staff', roles: billing },
    audit: 'read',
    query,
    isStream: true,
    response: z.object({ events: z.array(event), next: place }),
    handle: (request) => {
      const after = findPlace(options, request);
      const isStream = (request.header('accept') ?? '').split(',').some((type) => type.trim().startsWith(eventStream));
      return isStream ? Promise.resolve(newStream(options, after)) : readPage(options, after, request);
    },
  });
}

type EventRequest = Request<unknown, z.output<typeof query>>;

/** @throws CodedError REQUEST_INVALID */
function findPlace({ facts }: ClaimEventsOptions, { header, query: { after } }: EventRequest): EventPlace {
  const id = header('last-event-id') ?? after;
  if (id === undefined || id === '') return facts.claimEvents.end;
  const [, block, at] = placePattern.exec(id) ?? [];
  if (block === undefined) throw newError('REQUEST_INVALID', 'header.last-event-id: must be the id of an event');
  return { block: Number(block), place: Number(at) };
}

async function readPage(
  { feed }: ClaimEventsOptions,
  after: EventPlace,
  { query: { count }, waitMs, aside }: EventRequest,
): Promise<Response> {
  const events = await aside(() => feed.read(after, { most: count, waitMs }));
  return { body: { events: events.map((one) => ({ id: formatPlace(one), ...describe(one) })), next: formatPlace(events.at(-1) ?? after) } };
}

function newStream({ feed, heartbeatMs }: ClaimEventsOptions, after: EventPlace): Response {
  async function* parts(gone: AbortSignal): AsyncGenerator<StreamPart, void> {
    // An id without data is kept by the client and tells nobody of anything: who never gets an event goes on from here, too.
    yield { text: `retry: ${String(retryMs)}\nid: ${formatPlace(after)}\n\n`, about: [] };
    for await (const events of feed.follow(after, { pauseMs: heartbeatMs, gone }))
      yield { text: events.length === 0 ? ':\n\n' : events.map(formatEvent).join(''), about: events };
  }
  return { body: parts, contentType: eventStream };
}

function formatEvent(one: ClaimEvent): string {
  return `id: ${formatPlace(one)}\nevent: ${one.kind}\ndata: ${JSON.stringify(describe(one))}\n\n`;
}

function describe({ kind, relationRef, claimId, status, more }: ClaimEvent): object {
  return { event: kind, relationRef, claimId, status, ...more };
}

function formatPlace({ block, place: at }: EventPlace): string {
  return `${String(block)}.${String(at)}`;
}
