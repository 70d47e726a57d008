import type { StaffRole } from '@medaccord/chaincode/model';
import { signStaffToken, type StaffClaims } from '../../src/auth';
import type { PrivateJwk } from '../../src/crypto';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body, loosely typed: tests say what they expect. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

export interface Sent {
  readonly method?: string;
  readonly token?: string;
  readonly body?: unknown;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The HTTP side of one gateway, and the tokens that its organisation would sign. */
export abstract class Door {
  abstract readonly mspId: string;
  abstract readonly url: string;
  abstract readTokenKey(): PrivateJwk;

  token(role: string, subject = `${role}-1`, seconds = 600, more: Partial<StaffClaims> = {}): Promise<string> {
    return signStaffToken({ mspId: this.mspId, key: this.readTokenKey() }, { subject, role: role as StaffRole, ...more }, seconds);
  }

  async send(path: string, { method, token, body, key, headers = {} }: Sent = {}): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
  }
}

/** The gateways of a consortium, whatever they run on. */
export interface Doors {
  gateway(mspId: string): Door;
}
