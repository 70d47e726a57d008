import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Account, Accounts } from '../people';
import { newError, readCode, toCodedError } from '../problem';
import type { FormKeys, Page } from './pages';
import type { SignInTrail } from './sign-in-witness';

/** One request to the provider's addresses. */
export interface SignInRequest extends SignInTrail {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly readForm: () => Promise<URLSearchParams>;
}

/**
 * What a page of this gateway sends.
 * @throws CodedError REQUEST_INVALID for a form that another site sent
 */
export async function readOwnForm({ request, readForm }: SignInRequest, own: Pick<FormKeys, 'origin' | 'csrf'>): Promise<URLSearchParams> {
  const { origin, 'sec-fetch-site': site = 'same-origin' } = request.headers;
  const fields = await readForm();
  const isOwn = (origin === undefined || origin === own.origin) && site === 'same-origin' && fields.get('csrf') === own.csrf;
  if (!isOwn) throw newError('REQUEST_INVALID', 'The form did not come from this page; load it again');
  return fields;
}

/** Whoever a login form shows to be right. @param place what the page asked a passkey for @throws CodedError SIGN_IN_REFUSED, SIGN_IN_PAUSED */
export function readLogin(
  accounts: Accounts,
  fields: URLSearchParams,
  { place, address }: { readonly place: string; readonly address: string },
): Promise<Account> {
  const read = (name: string): string => fields.get(name) ?? '';
  if (isPasskey(fields)) return accounts.signInWithPasskey({ answer: read('passkey'), place, address });
  return accounts.signIn({ userName: read('userName').trim(), password: read('password'), code: read('code'), address });
}

/** Whether a form was sent by its passkey button. */
export function isPasskey(fields: URLSearchParams): boolean {
  return fields.get('act') === 'passkey';
}

/** What may be shown of a refusal. Anything else is no refusal, and goes on. */
export function describeRefusal(error: unknown, response: ServerResponse): { readonly status: number; readonly message: string } {
  const statuses: Readonly<Record<string, number>> = { SIGN_IN_REFUSED: 401, SIGN_IN_PAUSED: 429, PASSWORD_WEAK: 400 };
  const status = statuses[readCode(error) ?? ''];
  if (status === undefined) throw error;
  const { message, details } = toCodedError(error);
  if (status === 429) response.setHeader('retry-after', String(Number(details['retryAfterSeconds'] ?? 1)));
  return { status, message };
}

export function send(response: ServerResponse, status: number, { html, headers }: Page): void {
  response.writeHead(status, headers).end(html);
}
