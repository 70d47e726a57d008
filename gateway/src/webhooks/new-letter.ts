import { Webhook } from 'standardwebhooks';
import { fhirIdOf } from '../fhir-claims';
import type { ClaimEvent, KeptSubscription } from '../store';
import type { Letter } from './post';

const json = 'application/fhir+json';

/** The name of a notification: the same whenever it is sent, so that its receiver takes it once. What is signed has points between its parts. */
export function nameNotification({ subscriptionId }: KeptSubscription, { block, place }: ClaimEvent): string {
  return `${subscriptionId}-${String(block)}-${String(place)}`;
}

/** A notification of a resource that changed, signed as Standard Webhooks says (https://www.standardwebhooks.com). */
export function newLetter(subscription: KeptSubscription, event: ClaimEvent, { type, at }: { type: string; at: Date }): Letter {
  const { endpoint, payload, headers, secret } = subscription.terms;
  const id = nameNotification(subscription, event);
  const body = payload === 'empty' ? '' : JSON.stringify(newBundle(subscription, `${type}/${fhirIdOf(event.claimId)}`, at));
  return {
    endpoint,
    body,
    headers: {
      ...Object.fromEntries(headers.map(splitHeader)),
      ...(body === '' ? {} : { 'content-type': json }),
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, at, body),
    },
  };
}

/** `Name: value`. */
export function splitHeader(line: string): [name: string, value: string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

/** As the Subscriptions Backport for R4 has it (http://hl7.org/fhir/uv/subscriptions-backport), with ids alone. */
function newBundle({ subscriptionId, delivered }: KeptSubscription, reference: string, at: Date): object {
  const subscription = `Subscription/${subscriptionId}`;
  const event = { name: 'notification-event', part: [number('event-number', delivered + 1), focus(reference)] };
  const parameter = [
    { name: 'subscription', valueReference: { reference: subscription } },
    { name: 'status', valueCode: 'active' },
    { name: 'type', valueCode: 'event-notification' },
    number('events-since-subscription-start', delivered + 1),
    event,
  ];
  const request = { method: 'GET', url: `${subscription}/$status` };
  return {
    resourceType: 'Bundle',
    type: 'history',
    timestamp: at.toISOString(),
    entry: [{ resource: { resourceType: 'Parameters', parameter }, request, response: { status: '200' } }],
  };
}

function number(name: string, value: number): object {
  return { name, valueString: String(value) };
}

function focus(reference: string): object {
  return { name: 'focus', valueReference: { reference } };
}
