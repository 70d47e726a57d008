import { memberRoles, type Organisation, type Rules } from '@medaccord/chaincode/model';
import { z } from 'zod';
import type { ConnectionDocument } from '../../config';
import type { Facts } from '../../store';
import { newRoute, type Route } from '../route';
import { instant, jwk, mspId } from './schemas';

const answer = z.object({
  organisations: z.array(
    z.object({
      mspId,
      role: z.enum(memberRoles).nullable(),
      title: z.string().nullable(),
      gateway: z.string().nullable(),
      encryption: z.array(z.object({ suite: z.string(), publicKey: z.string() })),
      signing: jwk,
      /** Those that it signed with, the first first, each from a block on. */
      signingKeys: z.array(z.object({ key: jwk, since: z.number().int() })),
      status: z.string(),
      registeredAt: instant,
      transactionId: z.string(),
    }),
  ),
});

/** Members as the ledger knows them, with the addresses that the connection document gives. */
export function newOrganisationRoutes(facts: Facts, members: ConnectionDocument['members']): readonly Route[] {
  return [
    newRoute({
      method: 'get',
      path: '/api/organisations',
      summary: 'Members of the consortium with their roles and public keys, from the ledger',
      access: { by: 'anybody' },
      audit: 'none',
      response: answer,
      handle: () =>
        Promise.resolve({ body: { organisations: facts.listType<Organisation>('organisation').map((fact) => describe(fact)) } }),
    }),
  ];

  function describe({ value, transactionId }: { value: Organisation; transactionId: string }): object {
    const rules = facts.find<Rules>('rules')?.value;
    const member = members.find((known) => known.mspId === value.mspId);
    return {
      ...value,
      status: rules?.suspended.includes(value.mspId) === true ? 'suspended' : value.status,
      role: rules?.roles[value.mspId] ?? null,
      title: member?.title ?? null,
      gateway: member?.gateway ?? null,
      signingKeys: facts.signingKeys.list(value.mspId),
      transactionId,
    };
  }
}
