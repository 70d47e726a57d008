import type { Request } from 'express';

const hostForm = /^[A-Za-z0-9.-]{1,253}(?::\d{1,5})?$|^\[[0-9A-Fa-f:.]{2,45}\](?::\d{1,5})?$/;

/**
 * Where the caller found this service: the address as it was asked, or what a proxy before it says (`X-Forwarded-Proto`, `X-Forwarded-Host`)
 * that the configuration trusts; Express knows which (`trust proxy`). It goes into the links of that caller's own answer and nowhere else.
 */
export function readOrigin(http: Request): string {
  // Of HTTP/1.0 there may be none.
  const { protocol, host = '' } = http as { readonly protocol: string; readonly host?: string };
  return `${protocol === 'https' ? 'https' : 'http'}://${hostForm.test(host) ? host : 'localhost'}`;
}
