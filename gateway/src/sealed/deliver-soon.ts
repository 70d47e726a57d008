import { setTimeout as delay } from 'node:timers/promises';
import type { Parcel } from '../store/outbox';
import type { DeliveryStatus, Mailer } from './mailer';

/** How far a sealed value has come. */
export interface ParcelStatus {
  readonly organisation: string;
  readonly kind: string;
  readonly status: DeliveryStatus;
}

/** How long an answer waits for sealed values to arrive, in milliseconds; later ones are reported as pending. */
const deliveryWaitMs = 4_000;

/** Brings sealed values to their receivers now, and waits a little for them to arrive. */
export async function deliverSoon(mailer: Mailer, parcels: readonly Parcel[]): Promise<readonly ParcelStatus[]> {
  const statuses = await Promise.race([mailer.deliver(parcels), delay(deliveryWaitMs, undefined, { ref: false })]);
  return parcels.map(({ organisation, kind }, at) => ({ organisation, kind, status: statuses?.[at] ?? 'pending' }));
}
