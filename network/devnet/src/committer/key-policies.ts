import type { SignedData } from '../msp/identity';
import type { PolicyVerdict } from '../policy/policy';
import { hex } from '../proto/bytes';
import { parseKeyMetadata, VALIDATION_PARAMETER } from '../proto/key-metadata';
import type { NamespaceRwSet } from '../proto/rwset';
import type { CheckContext } from './draft';
import type { Evidence } from './evidence';

interface WrittenKey {
  /** Empty: the public state. */
  readonly collection: string;
  /** In a collection, hex of the key's hash. */
  readonly key: string;
  readonly metadata: () => Uint8Array | undefined;
}

/**
 * Judges what one transaction writes in one namespace: key by key, with the key's own policy, else the collection's, else the
 * chaincode's, each of the last two once; the chaincode's also where nothing else was asked
 * (devnet.md g.2; core/common/validation/statebased/v20.go, core/handlers/validation/builtin/v20).
 */
export class KeyPolicies {
  readonly #judged = new Map<string, PolicyVerdict>();
  constructor(
    readonly namespace: string,
    /** Serialized peer.ApplicationPolicy of the chaincode. */
    readonly policy: Uint8Array,
    readonly signatures: readonly SignedData[],
    readonly context: CheckContext,
  ) {}

  /** What refuses the transaction; undefined where every policy holds. */
  judge(set: NamespaceRwSet | undefined): Evidence | undefined {
    let isAsked = false;
    for (const written of set === undefined ? [] : this.#written(set)) {
      isAsked = true;
      const refused = this.#changedInBlock(written) ?? this.#judgeKey(written);
      if (refused !== undefined) return refused;
    }
    return isAsked ? undefined : this.#refusedBy(this.#judgeOnce('', this.policy), {});
  }

  /** Public writes, public metadata, then all collections' writes, then all collections' metadata. */
  *#written(set: NamespaceRwSet): Iterable<WrittenKey> {
    const { state } = this.context.view;
    for (const { key } of [...set.writes, ...set.metadataWrites])
      yield { collection: '', key, metadata: () => state.get(this.namespace, key)?.metadata };
    for (const field of ['hashedWrites', 'metadataWrites'] as const)
      for (const inner of set.collections)
        for (const { keyHash } of inner[field]) {
          const metadata = (): Uint8Array | undefined => state.getHash(this.namespace, inner.collection, keyHash)?.metadata;
          yield { collection: inner.collection, key: hex(keyHash), metadata };
        }
  }

  #changedInBlock({ collection, key }: WrittenKey): Evidence | undefined {
    const by = this.context.metadataWrites.writerOf(this.namespace, collection, key);
    return by === undefined
      ? undefined
      : { kind: 'policy-changed', by, namespace: this.namespace, collection: collection || undefined, key };
  }

  #judgeKey({ collection, key, metadata }: WrittenKey): Evidence | undefined {
    const own = parseKeyMetadata(metadata()).find(({ name }) => name === VALIDATION_PARAMETER)?.value;
    if (own !== undefined && own.length > 0)
      return this.#refusedBy(this.context.view.channel.policies.evaluateEnvelope(own, this.signatures), { collection, key });
    if (collection === '') return this.#refusedBy(this.#judgeOnce('', this.policy), {});
    const known = this.context.view.collection(this.namespace, collection);
    if (known === undefined) return { kind: 'undefined', what: `collection ${collection} of chaincode ${this.namespace}` };
    if (known.endorsementPolicy === undefined) return this.#refusedBy(this.#judgeOnce('', this.policy), {});
    return this.#refusedBy(this.#judgeOnce(collection, known.endorsementPolicy), { collection });
  }

  #judgeOnce(collection: string, policy: Uint8Array): PolicyVerdict {
    const verdict = this.#judged.get(collection) ?? this.context.view.channel.policies.evaluateApplicationPolicy(policy, this.signatures);
    this.#judged.set(collection, verdict);
    return verdict;
  }

  #refusedBy(verdict: PolicyVerdict, place: { readonly collection?: string; readonly key?: string }): Evidence | undefined {
    if (verdict.satisfied) return undefined;
    return { kind: 'policy', namespace: this.namespace, collection: place.collection || undefined, key: place.key, verdict };
  }
}
