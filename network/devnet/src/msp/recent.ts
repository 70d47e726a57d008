/** A bounded memory of pure results: when it is full, the oldest go. */
export class Recent<V> {
  readonly #entries = new Map<string, V>();
  constructor(readonly capacity: number) {}

  get(key: string, compute: () => V): V {
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const value = compute();
    if (this.#entries.size >= this.capacity) this.#entries.delete(this.#entries.keys().next().value ?? '');
    this.#entries.set(key, value);
    return value;
  }
}
