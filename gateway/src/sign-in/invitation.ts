import { formatCodeAddress, type Accounts } from '../people';
import type { LocalKey } from '../store';
import { invitationPath } from './endpoints';
import { describeRefusal, isPasskey, readOwnForm, send, type SignInRequest } from './form';
import { renderEnrolled, renderEnrolment, renderInvitation, type Page } from './pages';

interface InvitationOptions {
  readonly origin: string;
  /** How people know the organisation: stands in their authenticator. */
  readonly title: string;
  readonly accounts: Accounts;
  readonly key: LocalKey;
}

/** Choosing how to sign in, with an invitation: the invitation itself is what a forged request would lack. */
export async function takeInvitation({ origin, title, accounts, key }: InvitationOptions, http: SignInRequest): Promise<void> {
  const { request, response, address } = http;
  const form = { origin, action: invitationPath, csrf: key.name('csrf', 'invitation') };
  if (request.method !== 'POST') {
    send(response, 200, renderInvitation(form));
    return;
  }
  const fields = await readOwnForm(http, form);
  const read = (name: string): string => (fields.get(name) ?? '').trim();
  const invited = { userName: read('userName'), invitation: read('invitation') };
  let secret: string | undefined;
  const renderOpened = async (shown: string, failure?: string): Promise<Page> => {
    const opened = { ...invited, secret: shown, address: formatCodeAddress(shown, title, invited.userName) };
    return renderEnrolment({ ...form, passkey: await accounts.askForNewPasskey(invited.userName) }, opened, failure);
  };
  try {
    secret = await accounts.openInvitation(invited.userName, invited.invitation, address);
    if (fields.get('act') === 'enrol')
      await accounts.enrol({ ...invited, password: fields.get('password') ?? '', code: read('code'), address });
    else if (isPasskey(fields)) await accounts.enrolPasskey({ ...invited, answer: read('passkey'), name: read('passkeyName'), address });
    else {
      send(response, 200, await renderOpened(secret));
      return;
    }
    send(response, 200, renderEnrolled());
  } catch (error) {
    const { status, message } = describeRefusal(error, response);
    send(response, status, secret === undefined ? renderInvitation(form, message) : await renderOpened(secret, message));
  }
}
