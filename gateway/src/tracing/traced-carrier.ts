import type { Carrier } from '../ledger/carrier';
import type { Tracing } from './tracing';

/** A carrier that does what the given one does, each call as a step of its own. */
export function newTracedCarrier(carrier: Carrier, tracing: Tracing): Carrier {
  const named = (transaction: string): { kind: 'client'; attributes: Record<string, string> } => ({
    kind: 'client',
    attributes: { 'medaccord.transaction': transaction },
  });
  return {
    evaluate: (call) => tracing.run('ledger evaluate', named(call.transaction), () => carrier.evaluate(call)),
    endorse: (call) =>
      tracing.run('ledger endorse', named(call.transaction), async (span) => {
        const prepared = await carrier.endorse(call);
        span.set('medaccord.transaction_id', prepared.transactionId);
        tracing.remember(prepared.transactionId);
        return prepared;
      }),
    readEndorsers: (prepared) => carrier.readEndorsers(prepared),
    send: (envelope) => tracing.run('ledger submit', { kind: 'client' }, () => carrier.send(envelope)),
    readStatus: (transactionId, timeoutMs) =>
      tracing.run('ledger commit status', { kind: 'client', attributes: { 'medaccord.transaction_id': transactionId } }, async (span) => {
        const status = await carrier.readStatus(transactionId, timeoutMs);
        if (status !== undefined) span.set('medaccord.validation_code', status.code);
        return status;
      }),
    followBlocks: (start) => carrier.followBlocks(start),
    readHeight: () => carrier.readHeight(),
  };
}
