import { createPrivateKey, sign, verify, X509Certificate } from 'node:crypto';
import { formatLowS, isLowS } from './low-s';

/** What a token is bound to: `path` with its query, as the request line has it. */
export interface TokenRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Uint8Array;
}

/** Certificate and private key of a caller, both PEM. */
export interface Credentials {
  readonly certificate: string;
  readonly privateKey: string;
}

/** Makes the `Authorization` header of a request to a Fabric CA (fabric-ca/util/util.go GenECDSAToken). */
export function newRequestToken({ certificate, privateKey }: Credentials, request: TokenRequest): string {
  const encoded = Buffer.from(certificate).toString('base64');
  const rs = sign('sha256', Buffer.from(boundText(request, encoded)), { key: createPrivateKey(privateKey), dsaEncoding: 'ieee-p1363' });
  return `${encoded}.${formatLowS(rs).toString('base64')}`;
}

/**
 * Checks a token's signature (fabric-ca/util/util.go VerifyToken) and returns the certificate that made it. Whether that certificate is to be
 * trusted is another question. The form of Fabric CA 1.3, over body and certificate alone, is taken where there is a body to be bound to.
 *
 * @throws Error that says what is wrong; meant for the log, not for the caller.
 */
export function verifyRequestToken(token: string, request: TokenRequest): X509Certificate {
  const [encoded = '', signature = '', ...rest] = token.split('.');
  if (encoded === '' || signature === '' || rest.length > 0) {
    throw new Error('the token does not have two parts');
  }
  const certificate = new X509Certificate(Buffer.from(encoded, 'base64'));
  const bytes = Buffer.from(signature, 'base64');
  const forms = [boundText(request, encoded), ...(request.body.length > 0 ? [`${base64(request.body)}.${encoded}`] : [])];
  if (!isLowS(bytes) || !forms.some((text) => verify('sha256', Buffer.from(text), certificate.publicKey, bytes))) {
    throw new Error('the signature is not valid');
  }
  return certificate;
}

function boundText({ method, path, body }: TokenRequest, certificate: string): string {
  return `${method}.${base64(Buffer.from(path))}.${base64(body)}.${certificate}`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
