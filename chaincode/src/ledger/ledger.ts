import type { ChaincodeStub, ClientIdentity } from 'fabric-shim-api';
import {
  formatBase64url,
  formatCanonical,
  formatEventPayload,
  formatInstant,
  implicitCollection,
  newError,
  parseJson,
  parseKey,
  presenceKey,
  privateKey,
  TRANSIENT_FIELD,
  transientInputs,
  type Caller,
  type Digest,
  type Instant,
  type LedgerEvent,
  type MspId,
  type Parser,
  type SealedRef,
  type TransientInput,
  type TransientName,
} from '../model';
import { digestOf } from '../signature';
import { callerOf } from './caller-of';
import { formatKeyPolicy, type KeyPolicy } from './key-policy';

/**
 * One transaction's view of the ledger: the only code that touches the stub. As in Fabric, a read answers what is committed, never what
 * this transaction wrote.
 */
export class Ledger {
  readonly caller: Caller;
  /** The transaction's own time: the client states it, the peer bounds it. */
  readonly now: Instant;
  readonly #stub: ChaincodeStub;

  constructor(stub: ChaincodeStub, identity: ClientIdentity) {
    this.#stub = stub;
    this.caller = callerOf(identity);
    const { seconds, nanos } = stub.getTxTimestamp();
    this.now = formatInstant(seconds.toNumber() * 1000 + Math.floor(nanos / 1_000_000));
  }

  /** The value of a public key, undefined when absent. The read is recorded: a change before commit invalidates the transaction. @throws STATE_INVALID */
  async read<T>(key: string, parse: Parser<T>): Promise<T | undefined> {
    const bytes = await this.#stub.getState(key);
    return bytes.length === 0 ? undefined : parseStored(key, bytes, parse);
  }

  /** As `read`, but bytes that are no such value are answered as 'junk'. */
  async readOrJunk<T>(key: string, parse: Parser<T>): Promise<T | 'junk' | undefined> {
    const bytes = await this.#stub.getState(key);
    return bytes.length === 0 ? undefined : (parseOrSkip(bytes, parse) ?? 'junk');
  }

  /**
   * The values that a public key ever had, oldest first, without deletions and junk. Leaves no trace in the read set, so that no block
   * joins this key with others; a concurrent change is not noticed.
   */
  async trace<T>(key: string, parse: Parser<T>): Promise<readonly T[]> {
    return (await this.history(key, parse)).filter((value): value is T => value !== 'junk');
  }

  /** As `trace`, with 'junk' for each deletion and for bytes that are no such value: empty only when the key was never written. */
  async history<T>(key: string, parse: Parser<T>): Promise<readonly (T | 'junk')[]> {
    const values: (T | 'junk')[] = [];
    for await (const { isDelete, value } of this.#stub.getHistoryForKey(key))
      values.unshift((isDelete ? undefined : parseOrSkip(value, parse)) ?? 'junk');
    return values;
  }

  /** All public values under a key prefix. In a submission a value that joins the range before commit invalidates it. Junk is left out. */
  async list<T>(type: string, attributes: readonly string[], parse: Parser<T>): Promise<readonly T[]> {
    const values: T[] = [];
    for await (const { value } of this.#stub.getStateByPartialCompositeKey(type, [...attributes])) {
      const parsed = parseOrSkip(value, parse);
      if (parsed !== undefined) values.push(parsed);
    }
    return values;
  }

  async write(key: string, value: unknown): Promise<void> {
    await this.#stub.putState(key, Buffer.from(formatCanonical(value), 'utf8'));
  }

  /** Sets who must endorse later changes of a key that this transaction writes. */
  async protect(key: string, policy: KeyPolicy): Promise<void> {
    await this.#stub.setStateValidationParameter(key, formatKeyPolicy(policy));
  }

  /** Makes a member's endorsement a condition of this transaction: a write to its implicit collection needs it. */
  async requirePresence(mspId: MspId): Promise<void> {
    await this.#stub.putPrivateData(implicitCollection(mspId), presenceKey(), Buffer.from('1', 'utf8'));
  }

  /**
   * As `requirePresence`, with a trace that stays: the member's collection holds the very value that this transaction writes, and nobody
   * else could have put it there.
   */
  async attest(mspId: MspId, key: string, value: unknown): Promise<void> {
    await this.#stub.putPrivateData(implicitCollection(mspId), key, Buffer.from(formatCanonical(value), 'utf8'));
  }

  /** Whether a member attested to this value of a public key. Every peer knows; a later attestation invalidates the transaction. */
  async isAttested(mspId: MspId, key: string, value: unknown): Promise<boolean> {
    const hash = await this.#stub.getPrivateDataHash(implicitCollection(mspId), key);
    return hash.length > 0 && formatBase64url(hash) === digestOf(formatCanonical(value));
  }

  /** Stores a sealed value in a member's implicit collection, which needs that member's endorsement. */
  async seal(mspId: MspId, ref: SealedRef, envelope: string): Promise<void> {
    await this.#stub.putPrivateData(implicitCollection(mspId), privateKey(ref), Buffer.from(envelope, 'utf8'));
  }

  /** The SHA-256 of a sealed value in any member's collection, undefined when absent; every peer knows it. */
  async sealedDigest(mspId: MspId, ref: SealedRef): Promise<Digest | undefined> {
    const hash = await this.#stub.getPrivateDataHash(implicitCollection(mspId), privateKey(ref));
    return hash.length === 0 ? undefined : (formatBase64url(hash) as Digest);
  }

  /** A sealed value of the caller's own collection; null when absent. Call `assertOwnPeer` first. */
  async unseal(ref: SealedRef): Promise<string | null> {
    const bytes = await this.#stub.getPrivateData(implicitCollection(this.caller.mspId), privateKey(ref));
    return bytes.length === 0 ? null : Buffer.from(bytes).toString('utf8');
  }

  /** Deletes a sealed value of the caller's own collection. */
  async dropSealed(ref: SealedRef): Promise<void> {
    await this.#stub.deletePrivateData(implicitCollection(this.caller.mspId), privateKey(ref));
  }

  /** Notes a text, nothing secret, in the caller's own collection: that takes its member's endorsement, and every peer knows the hash. */
  async note(key: string, text: string): Promise<void> {
    await this.#stub.putPrivateData(implicitCollection(this.caller.mspId), key, Buffer.from(text, 'utf8'));
  }

  /** Whether a member noted this very text. */
  async isNoted(mspId: MspId, key: string, text: string): Promise<boolean> {
    const hash = await this.#stub.getPrivateDataHash(implicitCollection(mspId), key);
    return hash.length > 0 && formatBase64url(hash) === digestOf(text);
  }

  /** @throws PEER_NOT_OWN when this peer is not of the given member, by default the caller's. */
  assertOwnPeer(mspId: MspId = this.caller.mspId): void {
    if (this.#stub.getMspID() !== mspId) throw newError('PEER_NOT_OWN', { mspId });
  }

  /** The transient input of a transaction, strictly parsed. @throws TRANSIENT_INPUT_MISSING, RequestInvalid */
  input<N extends TransientName>(transaction: N): TransientInput<N> {
    const bytes = this.#stub.getTransient().get(TRANSIENT_FIELD);
    if (bytes === undefined) throw newError('TRANSIENT_INPUT_MISSING', { field: TRANSIENT_FIELD });
    const text = Buffer.from(bytes).toString('utf8');
    return parseJson(transientInputs[transaction] as Parser<unknown>, text, TRANSIENT_FIELD) as TransientInput<N>;
  }

  /** Announces what happened: one event per transaction. */
  emit(event: LedgerEvent): void {
    this.#stub.setEvent(event.name, Buffer.from(formatEventPayload(event), 'utf8'));
  }
}

function parseStored<T>(key: string, bytes: Uint8Array, parse: Parser<T>): T {
  const value = parseOrSkip(bytes, parse);
  if (value === undefined) throw newError('STATE_INVALID', { type: parseKey(key)?.type ?? 'value' });
  return value;
}

function parseOrSkip<T>(bytes: Uint8Array, parse: Parser<T>): T | undefined {
  try {
    return parseJson(parse, Buffer.from(bytes).toString('utf8'), 'state');
  } catch {
    return undefined;
  }
}
