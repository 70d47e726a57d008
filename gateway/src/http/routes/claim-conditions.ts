import { z } from 'zod';
import { nameService } from '../../claim-index/name-service';
import { newError } from '../../problem';
import { claimFlags, claimStatuses, type ClaimQuery, type LocalKey } from '../../store';
import { mspId, reference } from './schemas';

const amount = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional();
/** By what claims are searched. */
export const claimConditions = {
  status: z.enum(claimStatuses).optional(),
  from: z.iso.datetime({ precision: 3 }).optional(),
  until: z.iso.datetime({ precision: 3 }).optional(),
  hospital: mspId.optional(),
  coverage: reference.optional(),
  flag: z.enum(claimFlags).optional(),
  service: z.string().min(1).max(500).optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  minAmount: amount,
  maxAmount: amount,
} as const;
export type AskedClaims = z.output<z.ZodObject<typeof claimConditions>>;

/** @throws CodedError REQUEST_INVALID */
export function newClaimQuery({ status, coverage, service, ...more }: AskedClaims, key: LocalKey, insurer: string): ClaimQuery {
  if (more.minAmount !== undefined || more.maxAmount !== undefined) assertCurrency(more);
  return {
    ...more,
    insurer,
    coverageId: coverage,
    statuses: status && [status],
    service: service === undefined ? undefined : nameSought(service, key),
  };
}

/** `system|code`, or a code of any system, as in a search of FHIR. */
function nameSought(service: string, key: LocalKey): string {
  const bar = service.lastIndexOf('|');
  return bar < 0 ? nameService(key, service) : nameService(key, service.slice(bar + 1), service.slice(0, bar));
}

/** @throws CodedError REQUEST_INVALID */
export function assertCurrency({ currency }: Pick<AskedClaims, 'currency'>): void {
  if (currency === undefined) throw newError('REQUEST_INVALID', 'query.currency: must be there where amounts are compared');
}
