import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { formatJson, type JsonObject } from '../../fhir';
import { newError } from '../../problem';
import type { Facts, KeptSubscription, SubscriptionStore, SubscriptionTerms } from '../../store';
import { EndpointGuard, parseCriteria, splitHeader, type WebhookPlaces } from '../../webhooks';
import { parseWith } from '../parse-with';
import { parseStrictJson } from '../read-body';
import { newRoute, type Response, type Route } from '../route';
import { billing } from './claims';
import { format, id, shared } from './fhir-row';

export interface SubscriptionRoutesOptions {
  readonly facts: Pick<Facts, 'claimEvents'>;
  readonly store: { readonly subscriptions: SubscriptionStore };
  readonly places: WebhookPlaces;
  /** Is told that something was made or changed. */
  readonly onChange: () => void;
}

/** Of an organisation. */
const most = 20;
const root = '/fhir/claims/Subscription';
const access = { by: 'staff', roles: billing } as const;
const formats = z.strictObject(format);
/** Subscriptions R5 Backport: what a notification holds. */
const contentExtension = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content';
const secretExtension = 'urn:medaccord:webhook-secret';

/** What the connection itself needs, and what would pretend to be the signature. */
const kept = /^(host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-.*|webhook-.*):/i;
const header = z
  .string()
  .max(2048)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}: ?[\x20-\x7e]*$/, 'must be "Name: value"')
  .refine((line) => !kept.test(line), 'is a header that the gateway itself sends');
const idOnly = z.strictObject({
  extension: z.tuple([z.strictObject({ url: z.literal(contentExtension), valueCode: z.literal('id-only') })]),
});
const channel = z
  .strictObject({
    type: z.literal('rest-hook'),
    endpoint: z.string().max(2048),
    payload: z.literal('application/fhir+json').optional(),
    _payload: idOnly.optional(),
    header: z.array(header).min(1).max(10).optional(),
  })
  .refine(
    ({ payload, _payload: content }) => (payload === undefined) === (content === undefined),
    'has no payload, or one of content id-only: no resource is sent whole',
  );
const subscription = z.strictObject({
  resourceType: z.literal('Subscription'),
  id: id.optional(),
  meta: z.looseObject({}).optional(),
  status: z.enum(['requested', 'active', 'off']),
  reason: z.string().min(1).max(500),
  criteria: z.string().max(2048),
  error: z.string().optional(),
  channel,
});
type Asked = z.output<typeof subscription>;

/** FHIR R4 Subscription with the channel rest-hook, over what the ledger tells of the own claims. */
export function newSubscriptionRoutes(options: SubscriptionRoutesOptions): readonly Route[] {
  return [newCreateRoute(options), newListRoute(options), newReadRoute(options), newUpdateRoute(options), newDeleteRoute(options)];
}

function newCreateRoute({ facts, store: { subscriptions }, places, onChange }: SubscriptionRoutesOptions): Route {
  const guard = new EndpointGuard(places);
  return newRoute({
    ...shared,
    method: 'post',
    path: root,
    summary: 'Have changes of claims sent to an address that the operator lists; the answer tells the secret of the signatures, once',
    access,
    audit: 'create',
    query: formats,
    bodyKind: 'fhir',
    body: z.string(),
    status: 201,
    handle: async ({ body, origin }) => {
      const asked = parse(body);
      parseCriteria(asked.criteria);
      if (!guard.isListed(asked.channel.endpoint))
        throw newError('REQUEST_INVALID', 'body.channel.endpoint: its origin must be one that the operator lists for webhooks');
      if ((await subscriptions.list()).length >= most) throw newError('REQUEST_INVALID', `body: there are ${String(most)} subscriptions`);
      const made = { ...unsent, ...newSubscription(asked), after: facts.claimEvents.end };
      await subscriptions.put(made);
      onChange();
      const answer = toResponse({ ...describe(made), extension: [{ url: secretExtension, valueString: made.terms.secret }] });
      return { ...answer, headers: { location: `${origin}${root}/${made.subscriptionId}` } };
    },
  });
}

function newListRoute({ store: { subscriptions } }: SubscriptionRoutesOptions): Route {
  return newRoute({
    ...shared,
    method: 'get',
    path: root,
    summary: 'All subscriptions to claims of this organisation, and how each fares',
    access,
    audit: 'search',
    query: formats,
    handle: async ({ origin }) => {
      const entry = (await subscriptions.list()).map((one) => ({
        fullUrl: `${origin}${root}/${one.subscriptionId}`,
        resource: describe(one),
        search: { mode: 'match' },
      }));
      const link = [{ relation: 'self', url: origin + root }];
      return toResponse({ resourceType: 'Bundle', type: 'searchset', total: entry.length, link, ...(entry.length > 0 && { entry }) });
    },
  });
}

const named = z.strictObject({ id });

function newReadRoute({ store: { subscriptions } }: SubscriptionRoutesOptions): Route {
  return newRoute({
    ...shared,
    method: 'get',
    path: `${root}/{id}`,
    summary: 'A subscription to claims: whether it is active, and why the last try failed',
    access,
    audit: 'read',
    params: named,
    query: formats,
    handle: async ({ params }) => toResponse(describe(await find(subscriptions, params.id))),
  });
}

function newUpdateRoute({ store: { subscriptions }, onChange }: SubscriptionRoutesOptions): Route {
  return newRoute({
    ...shared,
    method: 'put',
    path: `${root}/{id}`,
    summary: 'Turn a subscription off, or on again: it goes on where it stopped. What it is about and where it goes stays',
    access,
    audit: 'update',
    params: named,
    query: formats,
    bodyKind: 'fhir',
    body: z.string(),
    handle: async ({ params, body }) => {
      const { id: own, status, criteria, channel: asked } = parse(body);
      if (own !== params.id) throw newError('REQUEST_INVALID', 'body.id: must be that of the address');
      const { terms } = await find(subscriptions, params.id);
      if (criteria !== terms.criteria || asked.endpoint !== terms.endpoint || payloadOf(asked) !== terms.payload)
        throw newError('REQUEST_INVALID', 'body: only the status of a subscription changes; delete it and make another one');
      await subscriptions.setStatus(params.id, status === 'off' ? 'off' : 'active');
      onChange();
      return toResponse(describe(await find(subscriptions, params.id)));
    },
  });
}

function newDeleteRoute({ store: { subscriptions } }: SubscriptionRoutesOptions): Route {
  return newRoute({
    ...shared,
    method: 'delete',
    path: `${root}/{id}`,
    summary: 'End a subscription: nothing more is sent, and its secret is forgotten',
    access,
    audit: 'delete',
    params: named,
    query: formats,
    status: 204,
    handle: async ({ params }) => {
      await find(subscriptions, params.id);
      await subscriptions.remove(params.id);
      return { body: '', contentType: 'application/fhir+json' };
    },
  });
}

/** @throws CodedError RESOURCE_NOT_FOUND */
async function find(subscriptions: SubscriptionStore, subscriptionId: string): Promise<KeptSubscription> {
  const found = await subscriptions.find(subscriptionId);
  if (found === undefined) throw newError('RESOURCE_NOT_FOUND', 'There is no such subscription');
  return found;
}

function parse(text: string): Asked {
  return parseWith(subscription, parseStrictJson(text), 'body') as Asked;
}

const unsent = { delivered: 0, failures: 0, failingSince: null, nextAt: 0, error: '' } as const;

function newSubscription({
  status,
  reason,
  criteria,
  channel: asked,
}: Asked): Pick<KeptSubscription, 'subscriptionId' | 'status' | 'terms'> {
  const terms: SubscriptionTerms = {
    ...{ reason, criteria, endpoint: asked.endpoint, payload: payloadOf(asked) },
    headers: asked.header ?? [],
    secret: `whsec_${randomBytes(32).toString('base64')}`,
  };
  const subscriptionId = randomBytes(16).toString('hex');
  return { subscriptionId, status: status === 'off' ? 'off' : 'active', terms };
}

function payloadOf({ payload }: Asked['channel']): SubscriptionTerms['payload'] {
  return payload === undefined ? 'empty' : 'id-only';
}

/** Headers are named, and what they hold is not told again. */
function describe({ subscriptionId, status, terms, error }: KeptSubscription): JsonObject {
  const { reason, criteria, endpoint, payload, headers } = terms;
  const content = { extension: [{ url: contentExtension, valueCode: 'id-only' }] };
  return {
    resourceType: 'Subscription',
    id: subscriptionId,
    status,
    reason,
    criteria,
    ...(error !== '' && { error }),
    channel: {
      ...{ type: 'rest-hook', endpoint },
      ...(payload === 'id-only' && { payload: 'application/fhir+json', _payload: content }),
      ...(headers.length > 0 && { header: headers.map((line) => `${splitHeader(line)[0]}: (kept)`) }),
    },
  };
}

function toResponse(resource: JsonObject): Response {
  return { body: formatJson(resource), contentType: 'application/fhir+json', about: [] };
}
