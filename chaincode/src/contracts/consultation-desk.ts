import { consultationKey, parseConsultation, RequestInvalid, type TransactionRequest, type TransactionResponse } from '../model';
import type { Ledger } from '../ledger';
import { relationOf, rulesOf, sealForGood } from './facts';

/** Puts looks at a consent on record, several at once. Nobody writes them in the name of another member. */
export async function recordConsultationsDesk(
  ledger: Ledger,
  { relationRef, consultations }: TransactionRequest<'RecordConsultations'>,
): Promise<TransactionResponse<'RecordConsultations'>> {
  const { mspId } = ledger.caller;
  if (new Set(consultations.map(({ consultationId }) => consultationId)).size !== consultations.length)
    throw new RequestInvalid('request.consultations', 'a list without repetitions');
  await relationOf(ledger, relationRef);
  const keys: string[] = [];
  for (const consultation of consultations) {
    const key = consultationKey(relationRef, mspId, consultation.consultationId);
    if ((await ledger.read(key, parseConsultation)) !== undefined) continue;
    await ledger.write(key, { relationRef, ...consultation, mspId, at: ledger.now });
    keys.push(key);
  }
  if (keys.length > 0) {
    await ledger.requirePresence(mspId);
    await sealForGood(ledger, await rulesOf(ledger), keys);
    ledger.emit({ name: 'ConsentsConsulted', ids: { relationRef } });
  }
  return { recorded: consultations.length };
}
