import { formatCanonical, type Caller, type Instant, type Organisation, type TransactionRequest } from '../model';

/** The entry of the caller's organisation with these keys; the current entry when it has them already. */
export function registerOrganisation(
  request: TransactionRequest<'RegisterOrganisation'>,
  current: Organisation | undefined,
  caller: Caller,
  at: Instant,
): Organisation {
  const entry: Organisation = { mspId: caller.mspId, ...request, status: 'active', registeredAt: current?.registeredAt ?? at };
  return current !== undefined && formatCanonical(current) === formatCanonical(entry) ? current : entry;
}
