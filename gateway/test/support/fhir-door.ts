import type { Answer, Sent, TestGateway } from './test-consortium';

export type SentFhir = Sent & { readonly role?: string };

/** Sends FHIR requests with a staff token, `records` unless another role is said. */
export function newFhirDoor(gatewayOf: () => TestGateway) {
  return async (method: string, path: string, sent: SentFhir = {}): Promise<Answer> => {
    const { role = 'records', headers = {}, ...more } = sent;
    const gateway = gatewayOf();
    const type =
      sent.body === undefined ? {} : { 'content-type': method === 'PATCH' ? 'application/json-patch+json' : 'application/fhir+json' };
    return gateway.send(`/fhir${path}`, { token: await gateway.token(role), method, headers: { ...type, ...headers }, ...more });
  };
}

/** What must hold of every refusal under /fhir: an OperationOutcome with the house's code. */
export function expectOutcome(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.body?.issue?.[0]?.details?.coding?.[0]]).toEqual([status, { system: 'urn:medaccord:error', code }]);
  expect(answer.body.resourceType).toBe('OperationOutcome');
  expect(answer.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
}

/** Path and query of a link, below the base. */
export const pathOf = (url: string): string => new URL(url).pathname.replace('/fhir', '') + new URL(url).search;

export const linkOf = (bundle: Answer, relation: string): string | undefined =>
  bundle.body.link.find((link: { relation: string }) => link.relation === relation)?.url;
