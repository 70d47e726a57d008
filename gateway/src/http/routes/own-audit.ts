import { parseAuditProof, parseAuditRoot, type MspId } from '@medaccord/chaincode/model';
import { z } from 'zod';
import { readOwnAudit, type OwnAuditOptions } from '../../audit';
import { findHolder, type StandingOptions } from '../../decision';
import { newError } from '../../problem';
import { AuditRoots, type Facts } from '../../store';
import { newRoute, type Route } from '../route';
import { findRelation } from './relations';
import { mspId, parsed, reference } from './schemas';

export interface OwnAuditRoutesOptions extends StandingOptions, OwnAuditOptions {
  readonly facts: Facts;
  readonly mspId: MspId;
}

/** A number in an address. */
const number = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,14})$/, 'must be a number')
  .transform(Number);

/** What the audit log says of a patient, for herself, and the roots by which she checks it. */
export function newOwnAuditRoutes(options: OwnAuditRoutesOptions): readonly Route[] {
  return [newOwnAuditRoute(options), newRootRoute(options)];
}

function newOwnAuditRoute(options: OwnAuditRoutesOptions): Route {
  const { facts, mspId: own } = options;
  return newRoute({
    method: 'get',
    path: '/api/relations/{relationRef}/audit',
    summary: "The entries of this gateway's audit log that concern the patient, with the proofs that they stand in it",
    access: { by: 'relation' },
    audit: 'read',
    params: z.strictObject({ relationRef: reference }),
    query: z.strictObject({ root: number.optional(), since: number.optional(), after: number.optional() }),
    response: z.object({
      proof: parsed(z.looseObject({}), parseAuditProof),
      next: z.object({ root: z.int().nullable(), after: z.int() }).nullable(),
    }),
    handle: async ({ params: { relationRef }, query: { after = 0, ...query }, caller }) => {
      const { value } = findRelation(facts, relationRef, caller, own);
      const subjectRef = value.custodian === own ? await findHolder(options, relationRef) : undefined;
      return { body: readOwnAudit(options, { relationRef, subjectRef }, { ...query, after }), about: [{ relationRef }] };
    },
  });
}

function newRootRoute({ facts }: OwnAuditRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/audit-roots/{mspId}/{log}/{number}',
    summary: "A root of a member's audit log, as the ledger has it",
    access: { by: 'anybody' },
    audit: 'none',
    params: z.strictObject({ mspId, log: reference, number }),
    response: z.object({ root: parsed(z.looseObject({}), parseAuditRoot), transactionId: z.string(), block: z.int() }),
    handle: ({ params: { mspId: of, log, number: wanted } }) => {
      const found = new AuditRoots(facts, of, log).find(wanted);
      if (found === undefined) throw newError('RESOURCE_NOT_FOUND', 'No such root is on the ledger');
      const { value, transactionId, block } = found;
      return Promise.resolve({ body: { root: value, transactionId, block } });
    },
  });
}
