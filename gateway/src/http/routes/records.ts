import { recordKey, type MspId, type RecordId, type SubjectRef } from '@medaccord/chaincode/model';
import { z } from 'zod';
import { clinicalRoles } from '../../auth';
import type { Importer } from '../../import/import-bundle';
import { newError } from '../../problem';
import type { RecordReader } from '../../record/record-reader';
import type { Facts } from '../../store';
import { newRoute, type Route } from '../route';
import { category, instant, reference } from './schemas';
import type { ViewOf } from './view-of';

const imported = z.object({
  groupId: reference,
  resources: z.array(
    z.object({
      fullUrl: z.string().nullable(),
      reference: z.string(),
      outcome: z.enum(['created', 'updated', 'unchanged', 'found']),
      recordId: reference,
      version: z.int(),
      category,
    }),
  ),
  transactions: z.array(z.string()),
});

const listed = z.object({
  records: z.array(
    z.object({
      recordId: reference,
      version: z.int(),
      category,
      type: z.string(),
      reference: z.string(),
      groupId: reference,
      anchoredAt: instant.nullable(),
    }),
  ),
});

export interface RecordRoutesOptions {
  readonly importer: Importer;
  readonly records: RecordReader;
  readonly viewOf: ViewOf;
  readonly facts: Facts;
  readonly mspId: MspId;
}

export function newRecordRoutes(options: RecordRoutesOptions): readonly Route[] {
  return [newImportRoute(options), newListRoute(options), newReadRoute(options)];
}

function newImportRoute({ importer }: RecordRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/imports',
    summary: 'Import a FHIR R4 transaction Bundle, all of it or nothing; without a subject only resources outside the Patient compartment',
    access: { by: 'staff', roles: ['records'] },
    audit: 'import',
    query: z.strictObject({ subject: reference.optional() }),
    bodyKind: 'fhir',
    body: z.string(),
    idempotency: true,
    status: 201,
    response: imported,
    handle: async ({ query: { subject }, body, operation }) => ({
      body: await importer.import({ operation, subjectRef: subject as SubjectRef | undefined, bundle: body }),
    }),
  });
}

function newListRoute({ viewOf, facts, mspId }: RecordRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/records',
    summary: 'The records that this organisation holds of a patient',
    access: { by: 'staff', roles: ['records', ...clinicalRoles] },
    audit: 'search',
    query: z.strictObject({ subject: reference }),
    response: listed,
    handle: ({ query: { subject }, caller }) => {
      const { held } = viewOf(caller);
      if (facts.find<{ custodian: string }>('patient', subject)?.value.custodian !== mspId || held.reaches?.(subject) === false) {
        throw newError('PATIENT_UNKNOWN', 'No such patient is registered at this organisation');
      }
      const records = held.index.listSubject(subject).map(({ recordId, version, groupId, type, id, ...record }) => {
        const anchoredAt = facts.findKey<{ anchoredAt: string }>(recordKey(mspId, recordId as RecordId, version))?.value.anchoredAt ?? null;
        return { recordId, version, category: record.category, type, reference: `${type}/${id}`, groupId, anchoredAt };
      });
      return Promise.resolve({ body: { records } });
    },
  });
}

function newReadRoute({ records, viewOf }: RecordRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/records/{recordId}',
    summary: 'One record, the resource exactly as it was anchored',
    access: { by: 'staff', roles: ['records', ...clinicalRoles] },
    audit: 'read',
    params: z.strictObject({ recordId: reference }),
    response: z.object({ resourceType: z.string() }),
    handle: async ({ params: { recordId }, caller }) => ({
      body: (await records.read(recordId, viewOf(caller).held.index)).text,
      contentType: 'application/fhir+json',
    }),
  });
}
