import type { Request } from 'express';

const hostForm = /^[A-Za-z0-9.-]{1,253}(?::\d{1,5})?$|^\[[0-9A-Fa-f:.]{2,45}\](?::\d{1,5})?$/;

/**
 * Where the caller found this service: what a proxy before it says, or the address as it was asked. It goes into the links of that caller's own
 * answer and nowhere else.
 */
export function readOrigin(http: Request): string {
  const [scheme = ''] = (http.get('x-forwarded-proto') ?? '').split(',').map((text) => text.trim());
  const [host = ''] = (http.get('x-forwarded-host') ?? http.get('host') ?? '').split(',').map((text) => text.trim());
  return `${['http', 'https'].includes(scheme) ? scheme : http.protocol}://${hostForm.test(host) ? host : 'localhost'}`;
}
