import { formatInstant, type AuditLogId, type AuditRoot, type MspId } from '@medaccord/chaincode/model';
import { signJws, type SigningKey } from '../crypto';
import { withinDeadline } from '../deadline';
import type { Transactions } from '../ledger/transactions';
import { newError, readCode } from '../problem';
import type { AuditLog, AuditRoots } from '../store';

/** How long the last root of a run may hold up its end. */
const lastMs = 2_000;

/** Before the first root. */
const none = { number: 0, size: 0, root: '' };

export interface AuditAnchorOptions {
  readonly mspId: MspId;
  readonly log: Pick<AuditLog, 'id' | 'length' | 'isReady' | 'growTree'>;
  readonly roots: Pick<AuditRoots, 'findNewest'>;
  readonly transactions: Pick<Transactions, 'submit'>;
  readonly signing: SigningKey;
  readonly everyMs: number;
  /** The log is not the one that was anchored: entries are missing, or say something else. */
  readonly onAlarm: (alarm: { readonly root: number; readonly anchored: number; readonly entries: number }) => void;
  readonly onTrouble: (error: unknown) => void;
}

/**
 * Puts on the ledger at an interval how far this process's audit log goes. What it goes on from stands on the ledger, so it goes on after any
 * restart; a root whose outcome is not known is settled under its number before another is made.
 */
export class AuditAnchor {
  readonly #options: AuditAnchorOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: AuditAnchorOptions) {
    this.#options = options;
  }

  /** Anchors when the newest root is as old as the interval. */
  start(): void {
    if (this.#timer !== undefined) return;
    const { everyMs, roots } = this.#options;
    const newest = roots.findNewest()?.value.issuedAt;
    const age = newest === undefined ? 0 : Date.now() - Date.parse(newest);
    this.#schedule(Math.min(everyMs, Math.max(0, everyMs - age)));
  }

  /** Anchors what is not anchored yet, and ends. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    await withinDeadline(
      lastMs,
      () => this.anchor(),
      () => newError('ANSWER_TOO_LATE', 'The last entries of the audit log wait for the next start to be anchored'),
    ).catch(this.#options.onTrouble);
  }

  /** Anchors all entries there are, if some are new. @throws CodedError */
  anchor(): Promise<void> {
    this.#running = this.#running.catch(() => undefined).then(() => this.#anchor());
    return this.#running;
  }

  #schedule(ms: number): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      void this.anchor()
        .catch(this.#options.onTrouble)
        .finally(() => {
          this.#schedule(this.#options.everyMs);
        });
    }, ms);
    this.#timer.unref();
  }

  async #anchor(): Promise<void> {
    const { log, roots, onAlarm } = this.#options;
    const previous = roots.findNewest()?.value ?? none;
    if (!log.isReady || log.length === previous.size) return;
    const { tree, size } = await log.growTree();
    if (previous.size > size || (previous.size > 0 && tree.root(previous.size) !== previous.root)) {
      onAlarm({ root: previous.number, anchored: previous.size, entries: size });
      return;
    }
    const consistency = previous.size === 0 ? [] : tree.consistency(previous.size, size);
    await this.#submit({ size, root: tree.root(size), previousSize: previous.size, number: previous.number + 1 }, consistency);
  }

  async #submit(
    head: Pick<AuditRoot, 'size' | 'root' | 'previousSize' | 'number'>,
    consistency: readonly AuditRoot['root'][],
  ): Promise<void> {
    const { mspId, transactions, signing, log } = this.#options;
    const statement = { mspId, log: log.id as AuditLogId, ...head, issuedAt: formatInstant(Date.now()) };
    const root = await signJws('audit-root', statement, signing);
    const operation = `audit-root/${log.id}/${String(head.number)}`;
    await transactions.submit('AnchorAuditRoot', { root, consistency }, { operation }).catch((error: unknown) => {
      // An earlier root under the number counts; the read model has not seen it yet.
      if (readCode(error) !== 'AUDIT_ROOT_ALREADY_ANCHORED' && readCode(error) !== 'OPERATION_CHANGED') throw error;
    });
  }
}
