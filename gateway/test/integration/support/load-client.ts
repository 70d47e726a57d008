import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer } from '../../support/door';

/** One thing that a client wanted, under one idempotency key or one signature. */
export interface Operation {
  readonly kind: 'register' | 'import' | 'check-in' | 'consent' | 'request' | 'fhir';
  readonly key: string;
  /** Sends exactly the same again. */
  send(): Promise<Answer>;
  /** The definite answer, once there was one; what the client may rely on from then on. */
  acknowledged: Answer | undefined;
}

const ANSWERED = new Set([200, 201, 204]);
/** Not yet; the same once more may do. */
const AGAIN = new Set([
  'IDEMPOTENCY_KEY_BUSY',
  'LEDGER_CONTENTION',
  'RELATION_UNKNOWN',
  'PATIENT_UNKNOWN',
  'CONSENT_VERSION_SKIPPED',
  'LEDGER_REFUSED',
]);

/** A client's own log: what it sent, what it was told, and what it did not understand. */
export class ClientLog {
  readonly operations: Operation[] = [];
  readonly surprises: string[] = [];
  /** How often which code was met. */
  readonly codes = new Map<string, number>();

  /** Sends until it is answered, or, when `mayLeave`, goes away after the first trouble. */
  async perform(kind: Operation['kind'], newSend: (key: string) => () => Promise<Answer>, mayLeave = false): Promise<Answer | undefined> {
    const key = randomUUID();
    const operation: Operation = { kind, key, send: newSend(key), acknowledged: undefined };
    this.operations.push(operation);
    return this.pursue(operation, mayLeave);
  }

  async pursue(operation: Operation, mayLeave = false, withinMs = 150_000): Promise<Answer | undefined> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const answer = await operation.send().catch(() => undefined);
      if (answer !== undefined && ANSWERED.has(answer.status)) {
        operation.acknowledged = answer;
        return answer;
      }
      this.#note(operation, answer);
      if (mayLeave) return undefined;
      if (Date.now() > deadline) {
        this.surprises.push(`${operation.kind}: no answer in time, last ${answer?.text ?? 'none'}`);
        return undefined;
      }
      await pause(100);
    }
  }

  #note({ kind }: Operation, answer: Answer | undefined): void {
    const code = answer === undefined ? 'CONNECTION_LOST' : String(codeOf(answer));
    this.codes.set(`${kind}: ${code}`, (this.codes.get(`${kind}: ${code}`) ?? 0) + 1);
    if (answer !== undefined && answer.status < 500 && !AGAIN.has(code))
      this.surprises.push(`${kind}: ${String(answer.status)} ${answer.text.slice(0, 300)}`);
    if (answer !== undefined && (code === 'undefined' || code === 'INTERNAL')) this.surprises.push(`${kind}: ${answer.text.slice(0, 300)}`);
  }
}

/** Of a problem document, or of an OperationOutcome. */
function codeOf({ body }: Answer): unknown {
  const { code, issue } = (body ?? {}) as { code?: unknown; issue?: { details?: { coding?: { code?: unknown }[] } }[] };
  return code ?? issue?.[0]?.details?.coding?.[0]?.code;
}
