import { createHash } from 'node:crypto';
import type { Passkey } from '../people';
import { scriptPath } from './endpoints';
import type { Session } from './sessions';

/** A page and the headers that it is sent with. */
export interface Page {
  readonly html: string;
  readonly headers: Record<string, string>;
}

const style =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:26rem;margin:3rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}' +
  'label{display:block;margin-top:1rem;font-weight:600}input{width:100%;box-sizing:border-box;font:inherit;padding:.5rem;border:1px solid #555}' +
  'button{font:inherit;margin:1.5rem 1rem 0 0;padding:.5rem 1.5rem;border:1px solid #0a4d7a;background:#0a4d7a;color:#fff}' +
  'button.other{background:#fff;color:#0a4d7a}[role=alert]{border-left:.3rem solid #a40000;padding-left:1rem}code{word-break:break-all}';
const styleHash = createHash('sha256').update(style).digest('base64');

/** What a form holds besides what the person types. */
export interface FormKeys {
  readonly action: string;
  /** Proves that the page came from here. */
  readonly csrf: string;
  /** Where the application goes on, which browsers count as a target of the form. */
  readonly next?: string | undefined;
  /** The address of the gateway. */
  readonly origin: string;
  /** What the browser is asked for where the person may choose a passkey. */
  readonly passkey?: object | undefined;
}

export function renderLogin(application: string, form: FormKeys, failure?: string): Page {
  const fields =
    newField('userName', 'Name', 'autocomplete="username" autofocus') +
    newField('password', 'Password', 'type="password" autocomplete="current-password"') +
    newField('code', 'Code of your authenticator', 'inputmode="numeric" autocomplete="one-time-code"');
  const text = `<p>for <strong>${escape(application)}</strong></p>${alertOf(failure)}`;
  const buttons = newButton('Sign in', 'submit') + newPasskeyButton('Sign in with a passkey', 'get', form);
  return newPage('Sign in', text + newForm(form, fields + buttons), form);
}

export function renderConsent(application: string, scopes: readonly string[], form: FormKeys): Page {
  const list = scopes.map((scope) => `<li>${escape(scope)}</li>`).join('');
  const buttons = `${newButton('Allow', 'allow')}<button class="other" name="act" value="refuse">Refuse</button>`;
  const text = `<p><strong>${escape(application)}</strong> asks to act in your role:</p><ul>${list}</ul>`;
  return newPage('Allow this application?', text + newForm(form, buttons), form);
}

/** The first page of an invitation asks who comes; the second shows the secret and takes password and code, or a passkey. */
export function renderInvitation(form: FormKeys, failure?: string): Page {
  const fields = newField('userName', 'Name', 'autocomplete="username"') + newField('invitation', 'Invitation', 'autocomplete="off"');
  return newPage('Invitation', alertOf(failure) + newForm(form, fields + newButton('Go on', 'open')), form);
}

export interface Opened {
  readonly userName: string;
  readonly invitation: string;
  /** The secret, and the address by which an authenticator on this device takes it. */
  readonly secret: string;
  readonly address: string;
}

export function renderEnrolment(form: FormKeys, opened: Opened, failure?: string): Page {
  const { userName, invitation, secret, address } = opened;
  const hidden = newHidden('invitation', invitation);
  const text =
    `<p>1. Type this key into your authenticator, or <a href="${escape(address)}">open it there</a>:<br><code>${escape(secret)}</code></p>` +
    '<p>2. Choose a password of at least 12 characters, and type the code that the authenticator shows.</p>';
  const fields =
    hidden +
    newField('userName', 'Name', `value="${escape(userName)}" readonly autocomplete="username"`) +
    newField('password', 'New password', 'type="password" minlength="12" autocomplete="new-password"') +
    newField('code', 'Code of your authenticator', 'inputmode="numeric" autocomplete="one-time-code"');
  const other = newPasskeyForm(form, hidden + newHidden('userName', userName), '<h2>Or a passkey</h2>');
  const content = alertOf(failure) + text + newForm(form, fields + newButton('Save', 'enrol')) + other;
  return newPage('Choose how you sign in', content, form);
}

export function renderEnrolled(): Page {
  return newPage('Done', '<p>You can sign in now: with your passkey, or with name, password and a new code.</p>');
}

/** What a person sees of how she signs in, and of what is open in her name. */
export interface Own {
  readonly userName: string;
  /** Lets the page act for her. */
  readonly ticket: string;
  readonly hasPassword: boolean;
  readonly passkeys: readonly Pick<Passkey, 'id' | 'name' | 'createdAt' | 'usedAt'>[];
  readonly sessions: readonly (Pick<Session, 'id' | 'since' | 'usedAt'> & { readonly titles: readonly string[] })[];
}

export function renderOwn(form: FormKeys, own: Own, failure?: string): Page {
  const { userName, ticket, hasPassword, passkeys, sessions } = own;
  const hidden = newHidden('ticket', ticket);
  const newAct = (label: string, name: string, value: string): string =>
    newForm(form, `${hidden}<button class="other" name="${name}" value="${escape(value)}">${label}</button>`);
  const isLast = !hasPassword && passkeys.length === 1;
  const keys = passkeys.map(({ id, name, createdAt, usedAt }) => {
    const used = usedAt === null ? 'not used yet' : `last used ${formatMinute(usedAt)}`;
    return `<li>${escape(name)}: since ${formatMinute(createdAt)}, ${used}${isLast ? '' : newAct('Remove', 'remove', id)}</li>`;
  });
  const open = sessions.map(({ id, titles, since, usedAt }) => {
    const text = `${escape(titles.join(', ') || 'this gateway')}: since ${formatMinute(since)}, last used ${formatMinute(usedAt)}`;
    return `<li>${text}${newAct('End', 'end', id)}</li>`;
  });
  const content =
    `<p>of <strong>${escape(userName)}</strong></p>${alertOf(failure)}<h2>Passkeys</h2>${newList(keys)}` +
    `${newPasskeyForm(form, hidden, '')}<h2>Sessions</h2>${newList(open)}${newAct('End all sessions', 'act', 'end-all')}`;
  return newPage('Your account', content, form);
}

function newList(rows: readonly string[]): string {
  return rows.length === 0 ? '<p>None.</p>' : `<ul>${rows.join('')}</ul>`;
}

/** Signing out: with the provider's form it asks, without it is done. */
export function renderEnd(form?: string): Page {
  if (form === undefined) return newPage('Signed out', '<p>You are signed out.</p>');
  const buttons =
    '<button form="op.logoutForm" name="logout" value="yes">Sign out</button><button class="other" form="op.logoutForm">Stay</button>';
  return newPage('Sign out?', form + buttons, {});
}

export function renderFailure(code: string, reason: string | undefined): Page {
  return newPage('That did not work', `<p role="alert">${escape(reason ?? 'The request cannot be answered.')}</p><p>${escape(code)}</p>`);
}

function newPage(title: string, content: string, form?: Partial<FormKeys>): Page {
  const targets = form === undefined ? "'none'" : ["'self'", form.next].filter((one) => one !== undefined).join(' ');
  const script = form?.passkey === undefined || form.origin === undefined ? undefined : `${form.origin}${scriptPath}`;
  const html =
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
    `<title>${title}</title><style>${style}</style>${script === undefined ? '' : `<script src="${escape(script)}" defer></script>`}` +
    `</head><body><main><h1>${title}</h1>${content}</main></body></html>`;
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    ...(script === undefined ? [] : [`script-src ${script}`]),
    `form-action ${targets}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return {
    html,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
      'content-security-policy': policy.join('; '),
    },
  };
}

function newForm({ action, csrf }: FormKeys, content: string): string {
  return `<form method="post" action="${escape(action)}">${newHidden('csrf', csrf)}${content}</form>`;
}

/** A form for a new passkey; nothing where none is asked for. */
function newPasskeyForm(form: FormKeys, hidden: string, before: string): string {
  if (form.passkey === undefined) return '';
  const name = newField('passkeyName', 'What you call the passkey', 'maxlength="64" placeholder="such as: phone"');
  return before + newForm(form, hidden + name + newPasskeyButton('Make a passkey', 'create', form));
}

/** Shown by the script, where the browser has passkeys; beside it the script says what went wrong. */
function newPasskeyButton(label: string, act: 'create' | 'get', { passkey }: FormKeys): string {
  if (passkey === undefined) return '';
  const asked = `data-passkey="${act}" data-options="${escape(JSON.stringify(passkey))}"`;
  const attributes = `class="other" name="act" value="passkey" hidden ${asked}${act === 'get' ? ' formnovalidate' : ''}`;
  return `${newHidden('passkey', '')}<button ${attributes}>${label}</button><p role="status"></p>`;
}

function newHidden(name: string, value: string): string {
  return `<input type="hidden" name="${name}" value="${escape(value)}">`;
}

function formatMinute(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function newField(name: string, label: string, attributes: string): string {
  return `<label for="${name}">${label}</label><input id="${name}" name="${name}" required ${attributes}>`;
}

function newButton(label: string, act: string): string {
  return `<button name="act" value="${act}">${label}</button>`;
}

function alertOf(failure: string | undefined): string {
  return failure === undefined ? '' : `<p role="alert">${escape(failure)}</p>`;
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
