import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** What may be wrong about an answer. */
export interface Twist {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  /** Whether the person showed the authenticator who she is; she does unless said otherwise. */
  readonly isVerified?: boolean;
  readonly counter?: number;
  readonly userHandle?: string;
}

interface Credential {
  readonly id: Buffer;
  readonly key: KeyObject;
  readonly userHandle: string;
  counter: number;
}

const flag = { present: 0x01, verified: 0x04, attested: 0x40 };
const sha256 = (bytes: string | Buffer): Buffer => createHash('sha256').update(bytes).digest();

/** An authenticator and the browser before it (Web Authentication, level 3): ES256 keys, found by themselves, answers as `toJSON()` writes them. */
export class TestAuthenticator {
  readonly credentials: Credential[] = [];

  /** @param origin of the page, which the browser adds itself */
  constructor(readonly origin: string) {}

  /** Answers what `navigator.credentials.create` is asked. */
  create(options: string, twist: Twist = {}): string {
    const { challenge, rp, user, authenticatorSelection } = JSON.parse(options) as {
      challenge: string;
      rp: { id: string };
      user: { id: string };
      authenticatorSelection: object;
    };
    expect(authenticatorSelection).toMatchObject({ residentKey: 'required', userVerification: 'required' });
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const credential = { id: randomBytes(32), key: privateKey, userHandle: user.id, counter: 0 };
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    // COSE (RFC 9053): 1 is kty EC2, 3 is alg ES256, -1 is crv P-256, -2 and -3 are the point.
    const coordinate = (text: string): Buffer => Buffer.concat([Buffer.from('5820', 'hex'), Buffer.from(text, 'base64url')]);
    const cose = Buffer.concat([
      Buffer.from('a5010203262001', 'hex'),
      Buffer.from('21', 'hex'),
      coordinate(x),
      Buffer.from('22', 'hex'),
      coordinate(y),
    ]);
    const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, credential.id.length]), credential.id, cose]);
    const data = Buffer.concat([this.#newData(rp.id, flag.attested, { counter: 0, ...twist }), attested]);
    this.credentials.push(credential);
    return JSON.stringify({
      ...nameOf(credential),
      response: {
        clientDataJSON: this.#newClientData('webauthn.create', challenge, twist).toString('base64url'),
        attestationObject: newAttestation(data).toString('base64url'),
        transports: ['internal'],
      },
    });
  }

  /** Answers what `navigator.credentials.get` is asked, with the newest credential unless another is named. */
  get(options: string, twist: Twist = {}, credential = this.credentials.at(-1)): string {
    if (credential === undefined) throw new Error('there is no credential');
    const { challenge, rpId } = JSON.parse(options) as { challenge: string; rpId: string };
    credential.counter += 1;
    const data = this.#newData(rpId, 0, { counter: credential.counter, ...twist });
    const clientData = this.#newClientData('webauthn.get', challenge, twist);
    return JSON.stringify({
      ...nameOf(credential),
      response: {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: sign('sha256', Buffer.concat([data, sha256(clientData)]), credential.key).toString('base64url'),
        userHandle: twist.userHandle ?? credential.userHandle,
      },
    });
  }

  #newData(rpId: string, flags: number, { rpId: other = rpId, isVerified = true, counter = 0 }: Twist): Buffer {
    const head = Buffer.alloc(5);
    head.writeUInt8(flags | flag.present | (isVerified ? flag.verified : 0));
    head.writeUInt32BE(counter, 1);
    return Buffer.concat([sha256(other), head]);
  }

  #newClientData(type: string, challenge: string, twist: Twist): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.origin, crossOrigin: false, ...pick(twist) }));
  }
}

function pick({ type, challenge, origin }: Twist): object {
  return Object.fromEntries(Object.entries({ type, challenge, origin }).filter(([, value]) => value !== undefined));
}

function nameOf({ id }: Credential): object {
  const name = id.toString('base64url');
  return { id: name, rawId: name, type: 'public-key', clientExtensionResults: {}, authenticatorAttachment: 'platform' };
}

/** CBOR (RFC 8949) of `{ fmt: 'none', attStmt: {}, authData }`. */
function newAttestation(data: Buffer): Buffer {
  const text = (value: string): Buffer => Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)]);
  const statement = [text('fmt'), text('none'), text('attStmt'), Buffer.from([0xa0])];
  const bytes = Buffer.concat([Buffer.from([0x59, data.length >> 8, data.length & 0xff]), data]);
  return Buffer.concat([Buffer.from([0xa3]), ...statement, text('authData'), bytes]);
}
