import { createHash } from 'node:crypto';

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
}

export function renderLogin(application: string, form: FormKeys, failure?: string): Page {
  const fields =
    newField('userName', 'Name', 'autocomplete="username" autofocus') +
    newField('password', 'Password', 'type="password" autocomplete="current-password"') +
    newField('code', 'Code of your authenticator', 'inputmode="numeric" autocomplete="one-time-code"');
  const text = `<p>for <strong>${escape(application)}</strong></p>${alertOf(failure)}`;
  return newPage('Sign in', text + newForm(form, fields + newButton('Sign in', 'submit')), form);
}

export function renderConsent(application: string, scopes: readonly string[], form: FormKeys): Page {
  const list = scopes.map((scope) => `<li>${escape(scope)}</li>`).join('');
  const buttons = `${newButton('Allow', 'allow')}<button class="other" name="act" value="refuse">Refuse</button>`;
  const text = `<p><strong>${escape(application)}</strong> asks to act in your role:</p><ul>${list}</ul>`;
  return newPage('Allow this application?', text + newForm(form, buttons), form);
}

/** The first page of an invitation asks who comes; the second shows the secret and takes password and code. */
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
  const text =
    `<p>1. Type this key into your authenticator, or <a href="${escape(address)}">open it there</a>:<br><code>${escape(secret)}</code></p>` +
    '<p>2. Choose a password of at least 12 characters, and type the code that the authenticator shows.</p>';
  const fields =
    `<input type="hidden" name="invitation" value="${escape(invitation)}">` +
    newField('userName', 'Name', `value="${escape(userName)}" readonly autocomplete="username"`) +
    newField('password', 'New password', 'type="password" minlength="12" autocomplete="new-password"') +
    newField('code', 'Code of your authenticator', 'inputmode="numeric" autocomplete="one-time-code"');
  return newPage('Choose password and authenticator', alertOf(failure) + text + newForm(form, fields + newButton('Save', 'enrol')), form);
}

export function renderEnrolled(): Page {
  return newPage('Done', '<p>You can sign in now, with name, password and a new code.</p>');
}

/** Signing out: with the provider's form it asks, without it is done. */
export function renderEnd(form?: string): Page {
  if (form === undefined) return newPage('Signed out', '<p>You are signed out.</p>');
  const buttons =
    '<button form="op.logoutForm" name="logout" value="yes">Sign out</button><button class="other" form="op.logoutForm">Stay</button>';
  return newPage('Sign out?', form + buttons, { next: undefined });
}

export function renderFailure(code: string, reason: string | undefined): Page {
  return newPage('That did not work', `<p role="alert">${escape(reason ?? 'The request cannot be answered.')}</p><p>${escape(code)}</p>`);
}

function newPage(title: string, content: string, form?: Pick<FormKeys, 'next'>): Page {
  const targets = form === undefined ? "'none'" : ["'self'", form.next].filter((one) => one !== undefined).join(' ');
  const html =
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
    `<title>${title}</title><style>${style}</style></head><body><main><h1>${title}</h1>${content}</main></body></html>`;
  return {
    html,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
      'content-security-policy':
        `default-src 'none'; style-src 'sha256-${styleHash}'; form-action ${targets}; ` + "frame-ancestors 'none'; base-uri 'none'",
    },
  };
}

function newForm({ action, csrf }: FormKeys, content: string): string {
  return `<form method="post" action="${escape(action)}"><input type="hidden" name="csrf" value="${escape(csrf)}">${content}</form>`;
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
