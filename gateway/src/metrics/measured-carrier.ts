import type { Carrier } from '../ledger/carrier';
import { nameValidationCode } from '../ledger/validation-codes';
import type { LedgerStep, Metrics } from './metrics';

/** A carrier that does what the given one does, and counts it. */
export function newMeasuredCarrier(carrier: Carrier, metrics: Metrics): Carrier {
  const sent = new WeakSet<Uint8Array>();
  const measure = async <T>(step: LedgerStep, transaction: string, work: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    let success = false;
    try {
      const done = await work();
      success = true;
      return done;
    } finally {
      metrics.countStep(step, { transaction, success, seconds: (performance.now() - startedAt) / 1000 });
    }
  };
  return {
    evaluate: (call) => measure('evaluate', call.transaction, () => carrier.evaluate(call)),
    endorse: (call) => measure('endorse', call.transaction, () => carrier.endorse(call)),
    readEndorsers: (prepared) => carrier.readEndorsers(prepared),
    send: (envelope) => {
      if (sent.has(envelope)) metrics.countResent();
      sent.add(envelope);
      return measure('submit', '', () => carrier.send(envelope));
    },
    readStatus: async (transactionId, timeoutMs) => {
      const status = await measure('commit_status', '', () => carrier.readStatus(transactionId, timeoutMs));
      metrics.countOutcome(status === undefined ? undefined : nameValidationCode(status.code));
      return status;
    },
    followBlocks: (start) => carrier.followBlocks(start),
    readHeight: () => carrier.readHeight(),
  };
}
