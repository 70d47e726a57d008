import { z } from 'zod';
import { clinicalRoles } from '../../auth';
import type { Interaction, Operation } from '../../fhir-rest';
import type { Route } from '../route';

/** A route, and the interaction (FHIR R4 http.html) or operation (operations.html) that it carries out. */
export interface Row {
  readonly interaction?: Interaction;
  readonly operation?: Operation;
  readonly route: Route;
}

export const word = z.string().max(64);
export const type = z.string().regex(/^[A-Za-z]{1,64}$/, 'must be a resource type');
export const id = z.string().regex(/^[A-Za-z0-9.-]{1,64}$/, 'must be a FHIR id (A-Z a-z 0-9 . -)');
export const value = z.union([z.string(), z.array(z.string())]);
/** How an answer is written. */
export const format = { _format: word.optional(), _pretty: word.optional() };
export const condition = z.record(z.string(), value);
export const cursor = z.string().max(2048).optional();
export const reads = { by: 'staff', roles: ['records', ...clinicalRoles] } as const;
export const writes = { by: 'staff', roles: ['records'] } as const;
export const shared = { response: z.looseObject({ resourceType: z.string() }), isFhir: true } as const;
/** A write whose body is a resource. */
export const writing = { ...shared, access: writes, bodyKind: 'fhir', body: z.string(), idempotency: 'optional' } as const;
