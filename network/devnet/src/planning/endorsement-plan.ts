import type { Endorsement } from '../proto/transactions';
import type { Layout, Layouts } from './layouts';

/** A peer of a plan. */
export interface PlannedPeer {
  readonly mspId: string;
  readonly address: string;
}

interface OpenLayout {
  readonly required: Map<string, number>;
  readonly endorsements: Endorsement[];
}

/**
 * The peers to ask, and what came of it (internal/pkg/gateway/endorsement.go): layouts are tried one after another, each endorsement counts
 * in all of them, and a group that failed takes every layout that needs it with it.
 */
export class EndorsementPlan<Peer extends PlannedPeer> {
  readonly #layouts: (OpenLayout | undefined)[];
  readonly #groups: Map<string, Peer[]>;
  readonly #groupOf = new Map<string, string>();
  #next = 0;
  #payload: Uint8Array | undefined;
  #completed: OpenLayout | undefined;

  constructor(layouts: readonly Layout[], groups: ReadonlyMap<string, readonly Peer[]>) {
    this.#layouts = layouts.map((layout) => ({ required: new Map(layout), endorsements: [] }));
    this.#groups = new Map([...groups].map(([group, peers]) => [group, [...peers]]));
    for (const [group, peers] of groups) for (const peer of peers) this.#groupOf.set(keyOf(peer), group);
  }

  /** The response payload that all others must equal: the first that arrived. */
  get payload(): Uint8Array | undefined {
    return this.#payload;
  }

  /** The endorsements of the layout that is complete, one per identity, in the order of their arrival. */
  get endorsements(): readonly Endorsement[] | undefined {
    const endorsements = this.#completed?.endorsements;
    return endorsements && [...new Map(endorsements.map((e) => [Buffer.from(e.endorser).toString('latin1'), e])).values()];
  }

  /** The peers that the next layout still needs; empty: no layout is left. */
  takePeers(): readonly Peer[] {
    for (; this.#next < this.#layouts.length; this.#next++) {
      const layout = this.#layouts[this.#next];
      const peers = layout === undefined ? undefined : this.#take(layout);
      if (peers !== undefined) return peers;
      this.#layouts[this.#next] = undefined;
    }
    return [];
  }

  /** @returns whether the payload equals that of the first endorsement. */
  accept(peer: Peer, payload: Uint8Array, endorsement: Endorsement): boolean {
    const group = this.#groupOf.get(keyOf(peer)) ?? '';
    this.#remove(group, peer);
    this.#payload ??= payload;
    if (Buffer.compare(this.#payload, payload) !== 0) return false;
    const completed = this.#layouts.slice(this.#next).find((layout) => layout !== undefined && fill(layout, group, endorsement));
    // While peers of one layout answer, a shorter one may be complete first; the last to be completed counts.
    if (completed !== undefined) this.#completed = completed;
    return true;
  }

  /** Another peer that can stand in for one that failed. */
  nextInGroup(peer: Peer): Peer | undefined {
    return this.#groups.get(this.#groupOf.get(keyOf(peer)) ?? '')?.shift();
  }

  /** Ends the current layout, and all others that need the group of one of these peers. */
  abandon(failed: readonly Peer[]): void {
    const groups = failed.map((peer) => this.#groupOf.get(keyOf(peer)) ?? '');
    for (const [place, layout] of this.#layouts.entries())
      if (place >= this.#next && groups.some((group) => layout?.required.has(group) === true)) this.#layouts[place] = undefined;
    this.#next++;
  }

  #take(layout: OpenLayout): Peer[] | undefined {
    const needed = [...layout.required];
    if (needed.some(([group, count]) => count > (this.#groups.get(group)?.length ?? 0))) return undefined;
    return needed.flatMap(([group, count]) => this.#groups.get(group)?.splice(0, count) ?? []);
  }

  #remove(group: string, peer: Peer): void {
    const peers = this.#groups.get(group);
    const place = peers?.findIndex((other) => keyOf(other) === keyOf(peer)) ?? -1;
    if (place >= 0) peers?.splice(place, 1);
  }
}

/** One plan for named organisations: a peer of each. */
export function planForOrganisations<Peer extends PlannedPeer>(peers: readonly Peer[]): EndorsementPlan<Peer> {
  const groups = new Map(peers.map((peer): [string, Peer[]] => [peer.mspId, [peer]]));
  return new EndorsementPlan<Peer>([new Map([...groups.keys()].map((group) => [group, 1]))], groups);
}

/** A plan whose layouts with the preferred peer's group come first, each class in random order (internal/pkg/gateway/registry.go). */
export function planFromLayouts<Peer extends PlannedPeer>(
  { layouts }: Pick<Layouts, 'layouts'>,
  groups: ReadonlyMap<string, readonly Peer[]>,
  preferred: Peer | undefined,
): EndorsementPlan<Peer> {
  const isPreferred = (layout: Layout): boolean =>
    preferred !== undefined &&
    [...layout.keys()].some((group) => groups.get(group)?.some((peer) => keyOf(peer) === keyOf(preferred)) === true);
  const ordered = [...shuffle(layouts.filter(isPreferred)), ...shuffle(layouts.filter((layout) => !isPreferred(layout)))];
  return new EndorsementPlan(ordered, groups);
}

function shuffle<T>(list: readonly T[]): readonly T[] {
  return list
    .map((item): [number, T] => [Math.random(), item])
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

/** @returns whether the layout is complete. */
function fill({ required, endorsements }: OpenLayout, group: string, endorsement: Endorsement): boolean {
  const missing = required.get(group);
  if (missing === undefined) return false;
  endorsements.push(endorsement);
  if (missing === 1) required.delete(group);
  else required.set(group, missing - 1);
  return required.size === 0;
}

function keyOf({ mspId, address }: PlannedPeer): string {
  return `${mspId} ${address}`;
}
