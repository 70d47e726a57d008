import { compareText, equalBytes, sha256, utf8, EMPTY } from '../proto/bytes';
import { writePrivateSets } from '../proto/private-set';
import { writeKvSet, writeRwSet, type CollectionRwSet, type HashedRead, type NamespaceRwSet } from '../proto/rwset';
import type { Version } from '../proto/version';
import type { Snapshot } from '../store/ledger';
import {
  DEFINITION_FIELDS,
  approvalName,
  approvalState,
  definitionState,
  fieldKey,
  implicitCollection,
  metadataKey,
  packageState,
  sourceMetadataKey,
} from './lifecycle-state';
import type { Chaincode } from './consortium';

const NAMESPACE = '_lifecycle';

export interface LifecycleResults {
  /** Serialized rwset.TxReadWriteSet. */
  readonly results: Uint8Array;
  /** Serialized rwset.TxPvtReadWriteSet; absent where nothing private was written. */
  readonly privateSets: Uint8Array | undefined;
}

/** What the lifecycle system chaincode reads and writes in one transaction (core/chaincode/lifecycle/scc.go, lifecycle.go, serializer.go). */
export class LifecycleSimulation {
  readonly #reads = new Map<string, Version | undefined>();
  readonly #writes = new Map<string, Uint8Array>();
  readonly #hashedReads = new Map<string, Map<string, Version | undefined>>();
  readonly #privateWrites = new Map<string, Uint8Array>();
  readonly #legacyReads = new Set<string>();

  constructor(
    readonly snapshot: Snapshot,
    readonly chaincode: Chaincode,
  ) {}

  /** `ApproveChaincodeDefinitionForMyOrg`: parameters and package into the organisation's implicit collection. */
  approve(mspId: string, packageId: string): LifecycleResults {
    this.#readDefinition();
    const collection = implicitCollection(mspId);
    const name = approvalName(this.chaincode);
    this.#writeApproval(collection, metadataKey(name), approvalState(this.chaincode));
    this.#writeApproval(collection, sourceMetadataKey(name), packageState(this.chaincode, packageId));
    return this.#results(collection);
  }

  /** `CommitChaincodeDefinition`: checks every organisation's approval by hash, writes what changed of the definition. */
  commit(mspIds: readonly string[]): LifecycleResults {
    this.#readDefinition();
    const keys = approvalState(this.chaincode).keys();
    const names = [...keys];
    for (const mspId of mspIds) for (const key of names) this.#readHash(implicitCollection(mspId), key);
    for (const [key, value] of definitionState(this.chaincode)) if (!this.#isStored(key, value)) this.#writes.set(key, value);
    return this.#results(undefined);
  }

  /** Every call checks its input against the committed definition, and looks for a legacy one where there is none. */
  #readDefinition(): void {
    const { name } = this.chaincode;
    this.#read(fieldKey(name, 'Sequence'));
    if (this.#read(metadataKey(name)) === undefined) this.#legacyReads.add(name);
    else for (const field of DEFINITION_FIELDS) this.#read(fieldKey(name, field));
  }

  #read(key: string): Uint8Array | undefined {
    const stored = this.snapshot.state.get(NAMESPACE, key);
    this.#reads.set(key, stored?.version);
    return stored?.value;
  }

  #isStored(key: string, value: Uint8Array): boolean {
    const stored = this.snapshot.state.get(NAMESPACE, key);
    return stored !== undefined && equalBytes(stored.value, value);
  }

  #readHash(collection: string, key: string): Uint8Array | undefined {
    const stored = this.snapshot.state.getHash(NAMESPACE, collection, sha256(utf8(key)));
    const reads = this.#hashedReads.get(collection) ?? new Map<string, Version | undefined>();
    this.#hashedReads.set(collection, reads.set(key, stored?.version));
    return stored?.valueHash;
  }

  /** The serializer reads the metadata, and the fields where there are some, and writes only what differs. */
  #writeApproval(collection: string, metadata: string, values: ReadonlyMap<string, Uint8Array>): void {
    const exists = this.#readHash(collection, metadata) !== undefined;
    for (const [key, value] of values) {
      const stored = exists ? this.#readHash(collection, key) : undefined;
      if (stored === undefined || !equalBytes(stored, sha256(value))) this.#privateWrites.set(key, value);
    }
  }

  #results(writtenCollection: string | undefined): LifecycleResults {
    const rwset = writeKvSet({ writes: sorted(this.#privateWrites).map(([key, value]) => ({ key, isDelete: false, value })) });
    const isPrivate = writtenCollection !== undefined && this.#privateWrites.size > 0;
    const collections = sorted(this.#hashedReads).map(([collection, reads]): CollectionRwSet => {
      const written = isPrivate && collection === writtenCollection;
      return {
        collection,
        hashedReads: sorted(reads).map(([key, version]): HashedRead => ({ keyHash: sha256(utf8(key)), version })),
        hashedWrites: written ? this.#hashedWrites() : [],
        metadataWrites: [],
        pvtHash: written ? sha256(rwset) : EMPTY,
      };
    });
    const lifecycle: NamespaceRwSet = {
      ...NOTHING,
      namespace: NAMESPACE,
      reads: sorted(this.#reads).map(([key, version]) => ({ key, version })),
      writes: sorted(this.#writes).map(([key, value]) => ({ key, isDelete: false, value })),
      collections,
    };
    const legacy = [...this.#legacyReads].map((key) => ({ ...NOTHING, namespace: 'lscc', reads: [{ key, version: undefined }] }));
    return {
      results: writeRwSet([lifecycle, ...legacy]),
      privateSets: isPrivate ? writePrivateSets([{ namespace: NAMESPACE, collection: writtenCollection, rwset }]) : undefined,
    };
  }

  #hashedWrites(): CollectionRwSet['hashedWrites'] {
    return sorted(this.#privateWrites).map(([key, value]) => ({
      keyHash: sha256(utf8(key)),
      isDelete: false,
      valueHash: sha256(value),
      isPurge: false,
    }));
  }
}

const NOTHING = { reads: [], rangeQueries: [], writes: [], metadataWrites: [], collections: [] } as const;

function sorted<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].sort(([a], [b]) => compareText(a, b));
}
