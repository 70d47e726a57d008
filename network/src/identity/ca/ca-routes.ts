import { describeCa } from './ca-information';
import type { CaRequest } from './ca-request';
import type { CertificateAuthority } from './certificate-authority';
import { enroll, reenroll } from './enroll';
import { genCrl } from './generate-revocation-list';
import { addIdentity, getIdentity, listIdentities, modifyIdentity, removeIdentity } from './identities';
import { register } from './register';
import { revoke } from './revoke';

export interface CaRoute {
  /** Status of a success. */
  readonly status: number;
  handle(ca: CertificateAuthority, request: CaRequest): unknown;
}

const information: CaRoute = { status: 200, handle: describeCa };

/** What the CA answers, by path below `/api/v1` and method. Every route but `cainfo` authenticates its caller in its first step. */
export const CA_ROUTES: Readonly<Record<string, Readonly<Record<string, CaRoute>>>> = {
  '/cainfo': { GET: information, HEAD: information, POST: information },
  '/enroll': { POST: { status: 201, handle: enroll } },
  '/reenroll': { POST: { status: 201, handle: reenroll } },
  '/register': { POST: { status: 201, handle: register } },
  '/revoke': { POST: { status: 200, handle: revoke } },
  '/gencrl': { POST: { status: 200, handle: genCrl } },
  '/identities': { GET: { status: 200, handle: listIdentities }, POST: { status: 201, handle: addIdentity } },
  '/identities/:id': {
    GET: { status: 200, handle: getIdentity },
    PUT: { status: 200, handle: modifyIdentity },
    DELETE: { status: 200, handle: removeIdentity },
  },
};
