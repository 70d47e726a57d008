import { z } from 'zod';
import type { TokenRequest } from '../pki/request-token';
import { CaCode, CaRefusal } from './ca-refusal';

/** A request to one CA, as plain values; HTTP is somebody else's job. */
export interface CaRequest extends TokenRequest {
  readonly authorization: string | undefined;
  readonly query: URLSearchParams;
  /** Identity that the path names, where it names one. */
  readonly id: string | undefined;
}

const attribute = z.object({ name: z.string().min(1), value: z.string().default(''), ecert: z.boolean().default(false) });
const time = z.coerce.date().optional();

/** Bodies of the requests, fields as Fabric CA names them in lower case (fabric-ca/api/client.go, api/net.go). */
export const bodies = {
  enroll: z.object({
    certificate_request: z.string().min(1),
    profile: z.string().default(''),
    hosts: z.array(z.string()).optional(),
    attr_reqs: z.array(z.object({ name: z.string(), optional: z.boolean().default(false) })).optional(),
  }),
  register: z.object({
    id: z.string().default(''),
    type: z.string().default(''),
    secret: z.string().default(''),
    affiliation: z.string().default(''),
    max_enrollments: z.int().default(0),
    attrs: z.array(attribute).default([]),
  }),
  revoke: z.object({
    id: z.string().default(''),
    aki: z.string().default(''),
    serial: z.string().default(''),
    reason: z.string().default(''),
    gencrl: z.boolean().default(false),
  }),
  gencrl: z.object({ revokedafter: time, revokedbefore: time, expireafter: time, expirebefore: time }),
};

/**
 * Reads a body as Go does: names without case, null for nothing, unknown names passed over.
 *
 * @throws {@link CaRefusal} 400 with code 4 when it is empty and 5 when it is wrong; names the place, never the content.
 */
export function parseBody<T>(schema: z.ZodType<T>, body: Uint8Array): T {
  if (body.length === 0) {
    throw new CaRefusal(400, CaCode.emptyBody, 'Empty request body');
  }
  const parsed = schema.safeParse(normalise(parseJson(body)));
  if (!parsed.success) {
    const places = parsed.error.issues.map((issue) => `${issue.path.join('.') || '(body)'}: ${issue.message}`);
    throw new CaRefusal(400, CaCode.badBody, `Invalid request body: ${places.join('; ')}`);
  }
  return parsed.data;
}

/** The CA that a request is for: named in the query or in the body, else none. */
export function parseCaName({ query, body }: Pick<CaRequest, 'query' | 'body'>): string | undefined {
  const named = query.get('ca') ?? '';
  if (named !== '' || body.length === 0) {
    return named || undefined;
  }
  const value = normalise(parseJson(body));
  const name = typeof value === 'object' && value !== null && 'caname' in value ? value.caname : undefined;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw new CaRefusal(400, CaCode.badBody, 'Invalid request body: it is not JSON');
  }
}

function normalise(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(normalise);
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== null);
    return Object.fromEntries(entries.map(([key, inner]) => [key.toLowerCase(), normalise(inner)]));
  }
  return value;
}
