import { formatCanonical, type AppealEntry, type TransactionRequest } from '@medaccord/chaincode/model';
import { digestOf } from '../ledger/digest';
import { deliverSoon, type ParcelStatus } from '../sealed/deliver-soon';
import type { Parcel } from '../store';
import type { AppealOptions } from './appeal-options';

/** An appeal on the ledger, and how far its grounds have come. */
export interface MadeAppeal {
  readonly appeal: AppealEntry;
  readonly deliveries: readonly ParcelStatus[];
}

/** Puts an appeal on the ledger; its grounds follow from the outbox. @throws CodedError of the ledger */
export async function submitAppeal(
  { mailer, transactions, projector }: AppealOptions,
  request: TransactionRequest<'AppealClaim'>,
  parcels: readonly Parcel[],
): Promise<MadeAppeal> {
  await mailer.put(parcels);
  const operation = `appeal/${request.claimId}/${digestOf(formatCanonical(request))}`;
  const { result, block } = await transactions.submit('AppealClaim', request, { operation, mayLag: true });
  const delivering = deliverSoon(mailer, parcels);
  await projector.waitForBlock(block);
  return { appeal: result, deliveries: await delivering };
}
