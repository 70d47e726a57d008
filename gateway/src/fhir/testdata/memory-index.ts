import type { IndexedResource, ResourceIndex } from '../resource-index';
import type { PlannedResource } from '../plan-import';

/** An index in memory: what a plan says is held after it was carried out. For tests, and for planning without a store. */
export class MemoryIndex implements ResourceIndex {
  readonly #held = new Map<string, IndexedResource>();
  readonly #tokens = new Map<string, readonly string[]>();

  hold(resources: readonly PlannedResource[]): void {
    for (const { type, id, recordId, version, subjectRef, text, identifiers } of resources) {
      this.#held.set(`${type}/${id}`, { type, id, recordId, version, subjectRef, isDeleted: false, readText: () => Promise.resolve(text) });
      this.#tokens.set(`${type}/${id}`, identifiers);
    }
  }

  find(type: string, id: string): Promise<IndexedResource | undefined> {
    return Promise.resolve(this.#held.get(`${type}/${id}`));
  }

  findByIdentifier(type: string, token: string): Promise<readonly IndexedResource[]> {
    const isMatch = (held: IndexedResource): boolean =>
      held.type === type && this.#tokens.get(`${type}/${held.id}`)?.includes(token) === true;
    return Promise.resolve([...this.#held.values()].filter(isMatch));
  }
}
