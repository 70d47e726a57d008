import { formatCanonical, type MspId, type Organisation } from '@medaccord/chaincode/model';
import { digestOf } from '../ledger/digest';
import type { Transactions } from '../ledger/transactions';
import type { Facts } from '../store/facts';
import type { OrganisationKeys } from './organisation-keys';

export interface RegisterOptions {
  readonly mspId: MspId;
  readonly keys: OrganisationKeys;
  readonly facts: Facts;
  readonly transactions: Transactions;
}

/** Puts the organisation's public keys on the ledger unless they stand there already. Repeating it changes nothing. */
export async function registerOrganisation({ mspId, keys, facts, transactions }: RegisterOptions): Promise<void> {
  const request = { encryption: [keys.publicSealing], signing: keys.signing.publicJwk };
  const known = facts.find<Organisation>('organisation', mspId)?.value;
  if (known !== undefined && formatCanonical([known.encryption, known.signing]) === formatCanonical([request.encryption, request.signing]))
    return;
  await transactions.submit('RegisterOrganisation', request, {
    operation: `organisation/${digestOf(formatCanonical(request))}`,
    mayLag: true,
  });
}
