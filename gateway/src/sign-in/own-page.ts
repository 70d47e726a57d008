import { randomBytes } from 'node:crypto';
import type { Accounts, Clients } from '../people';
import type { LocalKey, SignInTable } from '../store';
import { ownPath } from './endpoints';
import { describeRefusal, isPasskey, readLogin, readOwnForm, send, type SignInRequest } from './form';
import { renderEnd, renderLogin, renderOwn, type FormKeys, type Page } from './pages';
import { endSession, listSessions } from './sessions';
import type { SignInWitness } from './sign-in-witness';

interface OwnPageOptions {
  readonly origin: string;
  readonly accounts: Accounts;
  readonly clients: Clients;
  readonly signIns: SignInTable;
  readonly key: LocalKey;
  readonly witness: Pick<SignInWitness, 'tell'>;
}

/** A person whose page is open, and what lets the page act for her. */
interface Shown {
  readonly userName: string;
  readonly ticket: string;
}

const kind = 'OwnPage';
/** How long the page can be used before she shows again who she is. */
const seconds = 900;

/**
 * Where a person sees and changes how she signs in, and sees and ends her sessions. She shows who she is for this page alone, whatever session the
 * browser has: the page holds a ticket, which nothing else sends and which ends with everything else that her account holds.
 */
export async function showOwnPage(options: OwnPageOptions, http: SignInRequest): Promise<void> {
  if (http.request.method !== 'POST') {
    send(http.response, 200, await renderAsking(options));
    return;
  }
  const fields = await readOwnForm(http, newForm(options));
  const ticket = fields.get('ticket');
  if (ticket === null) await open(options, http, fields);
  else await use(options, http, fields, ticket);
}

async function open(options: OwnPageOptions, { response, address }: SignInRequest, fields: URLSearchParams): Promise<void> {
  try {
    const { userName } = await readLogin(options.accounts, fields, { place: kind, address });
    const ticket = randomBytes(32).toString('base64url');
    await options.signIns.save(kind, ticket, { userName }, { seconds, links: { accountId: userName } });
    send(response, 200, await render(options, { userName, ticket }));
  } catch (error) {
    const { status, message } = describeRefusal(error, response);
    send(response, status, await renderAsking(options, message));
  }
}

async function use(options: OwnPageOptions, { response }: SignInRequest, fields: URLSearchParams, ticket: string): Promise<void> {
  const { userName } = ((await options.signIns.find(kind, ticket)) ?? {}) as Partial<Shown>;
  if (userName === undefined) {
    send(response, 401, await renderAsking(options, 'Show again who you are'));
    return;
  }
  try {
    const isOver = await act(options, userName, fields);
    send(response, 200, isOver ? renderEnd() : await render(options, { userName, ticket }));
  } catch (error) {
    const { status, message } = describeRefusal(error, response);
    send(response, status, await render(options, { userName, ticket }, message));
  }
}

/** Does what a button of the page asks for, and tells whether the page is over with it. */
async function act(options: OwnPageOptions, userName: string, fields: URLSearchParams): Promise<boolean> {
  const { accounts, signIns } = options;
  const isEnd = fields.get('act') === 'end-all';
  if (isEnd || fields.has('end')) await tellEnd(options, userName);
  const read = (name: string): string => (fields.get(name) ?? '').trim();
  if (isPasskey(fields)) await accounts.addPasskey(userName, { answer: read('passkey'), name: read('passkeyName') });
  if (fields.has('remove')) await accounts.removePasskey(userName, read('remove'));
  if (fields.has('end')) await endSession(signIns, userName, read('end'));
  if (isEnd) await accounts.endSessions(userName);
  return isEnd;
}

/** As the end of a session that an application asks for. @throws CodedError AUDIT_UNAVAILABLE */
async function tellEnd({ accounts, witness }: OwnPageOptions, userName: string): Promise<void> {
  const account = await accounts.find(userName);
  if (account === undefined) return;
  const { role, department } = account;
  await witness.tell({ event: 'logout', person: { subject: userName, role, department }, status: 200, code: null, clientId: undefined });
}

async function renderAsking(options: OwnPageOptions, failure?: string): Promise<Page> {
  return renderLogin('your account', { ...newForm(options), passkey: await options.accounts.askForPasskey(kind) }, failure);
}

async function render(options: OwnPageOptions, { userName, ticket }: Shown, failure?: string): Promise<Page> {
  const { accounts, clients, signIns } = options;
  const { passkeys = [], password = null } = (await accounts.find(userName)) ?? {};
  const titles = new Map((await clients.list()).map(({ clientId, title }) => [clientId, title]));
  const sessions = (await listSessions(signIns, userName)).map(({ clientIds, ...session }) => {
    return { ...session, titles: clientIds.map((id) => titles.get(id) ?? id) };
  });
  const form = { ...newForm(options), passkey: await accounts.askForNewPasskey(userName) };
  return renderOwn(form, { userName, ticket, passkeys, hasPassword: password !== null, sessions }, failure);
}

function newForm({ origin, key }: OwnPageOptions): FormKeys {
  return { origin, action: ownPath, csrf: key.name('csrf', 'own-page') };
}
