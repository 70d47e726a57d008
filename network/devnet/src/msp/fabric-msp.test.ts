import 'reflect-metadata';
import { generateKeyPairSync, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { msp as messages } from '@hyperledger/fabric-protos';
import * as x509 from '@peculiar/x509';
import { issueIdentity, newAuthority, newRevocationList } from '../genesis/certificates';
import type { CertifiedKey } from '../genesis/consortium-spec';
import { utf8 } from '../proto/bytes';
import { writeSerializedIdentity } from '../proto/envelopes';
import { isLowS, signLowS } from '../proto/signatures';
import { newFabricMsp } from './fabric-msp';
import type { Identity } from './identity';
import { newMspRegistry } from './msp-registry';

const { MSPPrincipal, MSPRole } = messages;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const HOUR = 3_600_000;

interface Settings {
  readonly roots: readonly CertifiedKey[];
  readonly intermediates?: readonly CertifiedKey[];
  readonly admins?: readonly CertifiedKey[];
  readonly revocationLists?: readonly string[];
  readonly withoutNodeOus?: boolean;
  /** The only CA from which roles count. */
  readonly unitsOf?: CertifiedKey;
  readonly listedUnits?: readonly string[];
}

function unit(identifier: string, certificate?: CertifiedKey): messages.FabricOUIdentifier {
  const message = new messages.FabricOUIdentifier();
  message.setOrganizationalUnitIdentifier(identifier);
  if (certificate !== undefined) message.setCertificate(utf8(certificate.certificate));
  return message;
}

function configure(settings: Settings): Uint8Array {
  const config = new messages.FabricMSPConfig();
  config.setName('AMSP');
  config.setRootCertsList(settings.roots.map(({ certificate }) => utf8(certificate)));
  config.setIntermediateCertsList((settings.intermediates ?? []).map(({ certificate }) => utf8(certificate)));
  config.setAdminsList((settings.admins ?? []).map(({ certificate }) => utf8(certificate)));
  config.setRevocationListList((settings.revocationLists ?? []).map(utf8));
  config.setOrganizationalUnitIdentifiersList((settings.listedUnits ?? []).map((name) => unit(name, settings.roots[0])));
  const ous = new messages.FabricNodeOUs();
  ous.setEnable(settings.withoutNodeOus !== true);
  ous.setClientOuIdentifier(unit('client', settings.unitsOf));
  ous.setPeerOuIdentifier(unit('peer', settings.unitsOf));
  ous.setAdminOuIdentifier(unit('admin', settings.unitsOf));
  ous.setOrdererOuIdentifier(unit('orderer', settings.unitsOf));
  config.setFabricNodeOus(ous);
  const outer = new messages.MSPConfig();
  outer.setConfig(config.serializeBinary());
  return outer.serializeBinary();
}

function identify(settings: Settings, certificate: string): Identity | string {
  const found = newMspRegistry([newFabricMsp(configure(settings))]).identify(writeSerializedIdentity('AMSP', utf8(certificate)));
  return 'problem' in found ? found.problem : found;
}

function rolesOf(identity: Identity | string): readonly string[] {
  if (typeof identity === 'string') return [identity];
  return (['MEMBER', 'ADMIN', 'CLIENT', 'PEER', 'ORDERER'] as const).filter((name) => {
    const role = new MSPRole();
    role.setMspIdentifier('AMSP');
    role.setRole(MSPRole.MSPRoleType[name]);
    const principal = new MSPPrincipal();
    principal.setPrincipal(role.serializeBinary());
    return identity.satisfies(principal.serializeBinary());
  });
}

/** A certificate with everything as a test wants it. */
async function issue(
  issuer: CertifiedKey | undefined,
  more: {
    readonly units?: readonly string[];
    readonly isCa?: boolean;
    readonly from?: number;
    readonly to?: number;
    readonly curve?: 'P-256' | 'P-384';
  },
): Promise<CertifiedKey> {
  const algorithm = { ...ALGORITHM, namedCurve: more.curve ?? 'P-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const subject = [...(more.units ?? []).map((name) => ({ OU: [name] })), { CN: [randomBytes(4).toString('hex')] }];
  const key =
    issuer && (await webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(issuer.privateKey), ALGORITHM, false, ['sign']));
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: issuer === undefined ? subject : new x509.X509Certificate(issuer.certificate).subject,
    serialNumber: `40${randomBytes(8).toString('hex')}`,
    notBefore: new Date(Date.now() + (more.from ?? -60_000)),
    notAfter: new Date(Date.now() + (more.to ?? 1000 * HOUR)),
    signingAlgorithm: ALGORITHM,
    signingKey: key ?? keys.privateKey,
    publicKey: keys.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(more.isCa ?? false, undefined, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false),
    ],
  });
  const der = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certificate: certificate.toString('pem'), privateKey: x509.PemConverter.encode(der, 'PRIVATE KEY') };
}

let root: CertifiedKey;
let other: CertifiedKey;
let peer: CertifiedKey;

beforeAll(async () => {
  root = await newAuthority('ca', 'A');
  other = await newAuthority('ca', 'B');
  peer = await issueIdentity(root, { commonName: 'peer0', ou: 'peer' });
});

describe('an identity', () => {
  it.each([
    ['client', ['MEMBER', 'CLIENT']],
    ['peer', ['MEMBER', 'PEER']],
    ['admin', ['MEMBER', 'ADMIN']],
    ['orderer', ['MEMBER', 'ORDERER']],
  ] as const)('with the unit %s holds the roles %s', async (ou, roles) => {
    const { certificate } = await issueIdentity(root, { commonName: 'x', ou });
    expect(rolesOf(identify({ roots: [root] }, certificate))).toEqual(roles);
  });

  it('with none of the units, or with two, is not accepted', async () => {
    for (const units of [[], ['department'], ['client', 'peer'], ['client', 'client']]) {
      const { certificate } = await issue(root, { units });
      expect([units, identify({ roots: [root] }, certificate)]).toEqual([units, 'invalid-certificate']);
    }
    const { certificate } = await issue(root, { units: ['department', 'peer'] });
    expect(rolesOf(identify({ roots: [root] }, certificate))).toEqual(['MEMBER', 'PEER']);
  });

  it('holds only membership where NodeOUs are off, and administration by a listed certificate', () => {
    const settings = { roots: [root], withoutNodeOus: true };
    expect(rolesOf(identify(settings, peer.certificate))).toEqual(['MEMBER']);
    expect(rolesOf(identify({ ...settings, admins: [peer] }, peer.certificate))).toEqual(['MEMBER', 'ADMIN']);
  });

  it('must carry a listed unit where the organisation lists units', async () => {
    const { certificate } = await issue(root, { units: ['department', 'peer'] });
    const settings = { roots: [root], listedUnits: ['department'] };
    expect(rolesOf(identify(settings, certificate))).toEqual(['MEMBER', 'PEER']);
    expect(identify(settings, peer.certificate)).toBe('invalid-certificate');
  });

  it('of another authority is not accepted, even one of the same name', async () => {
    const twin = await newAuthority('ca', 'A');
    for (const authority of [other, twin]) {
      const { certificate } = await issueIdentity(authority, { commonName: 'peer0', ou: 'peer' });
      expect(identify({ roots: [root] }, certificate)).toBe('invalid-certificate');
    }
  });

  it('may come from an intermediate, and then none may come from above it', async () => {
    const intermediate = await issue(root, { isCa: true });
    const settings = { roots: [root], intermediates: [intermediate] };
    const { certificate } = await issue(intermediate, { units: ['peer'] });
    expect(rolesOf(identify(settings, certificate))).toEqual(['MEMBER', 'PEER']);
    expect(identify({ roots: [root] }, certificate)).toBe('invalid-certificate');
    expect(identify(settings, peer.certificate)).toBe('invalid-certificate');
  });

  it('has a role only from the authority that the unit names', async () => {
    const [one, two] = [await issue(root, { isCa: true }), await issue(root, { isCa: true })];
    const settings = { roots: [root], intermediates: [one, two], unitsOf: one };
    const [right, wrong] = [await issue(one, { units: ['peer'] }), await issue(two, { units: ['peer'] })];
    expect(rolesOf(identify(settings, right.certificate))).toEqual(['MEMBER', 'PEER']);
    expect(identify(settings, wrong.certificate)).toBe('invalid-certificate');
  });

  it('that has expired is accepted, and one from before its authority is not: each is judged at its own beginning', async () => {
    const expired = await issue(root, { units: ['peer'], from: -60_000, to: -30_000 });
    expect(rolesOf(identify({ roots: [root] }, expired.certificate))).toEqual(['MEMBER', 'PEER']);
    const early = await issue(root, { units: ['peer'], from: -10 * HOUR });
    expect(identify({ roots: [root] }, early.certificate)).toBe('invalid-certificate');
  });

  it('that is revoked is not accepted; others stay, and a list of another authority says nothing', async () => {
    const list = await newRevocationList(root, [peer.certificate]);
    const foreign = await newRevocationList(other, [peer.certificate]);
    const colleague = await issueIdentity(root, { commonName: 'peer1', ou: 'peer' });
    expect(identify({ roots: [root], revocationLists: [list] }, peer.certificate)).toBe('invalid-certificate');
    expect(rolesOf(identify({ roots: [root], revocationLists: [list] }, colleague.certificate))).toEqual(['MEMBER', 'PEER']);
    expect(rolesOf(identify({ roots: [root], revocationLists: [foreign] }, peer.certificate))).toEqual(['MEMBER', 'PEER']);
  });

  it('stays accepted by a list that only claims to be of its authority', async () => {
    const forged = await newRevocationList({ certificate: root.certificate, privateKey: other.privateKey }, [peer.certificate]);
    expect(rolesOf(identify({ roots: [root], revocationLists: [forged] }, peer.certificate))).toEqual(['MEMBER', 'PEER']);
  });

  it('that is an authority, or has a key of another curve, is not accepted', async () => {
    const long = await issue(root, { units: ['peer'], curve: 'P-384' });
    const authority = await issue(root, { units: ['peer'], isCa: true });
    for (const certificate of [root.certificate, long.certificate, authority.certificate])
      expect(identify({ roots: [root] }, certificate)).toBe('invalid-certificate');
  });

  it('of an unknown organisation, or without a certificate, is named as such', () => {
    const registry = newMspRegistry([newFabricMsp(configure({ roots: [root] }))]);
    expect(registry.identify(writeSerializedIdentity('BMSP', utf8(peer.certificate)))).toEqual({ problem: 'unknown-msp', mspId: 'BMSP' });
    expect(registry.identify(writeSerializedIdentity('AMSP', utf8('nobody')))).toEqual({ problem: 'malformed', mspId: 'AMSP' });
    expect(registry.identify(Uint8Array.of(0xff))).toEqual({ problem: 'malformed' });
  });

  it('verifies its own signatures, and no others', () => {
    const identity = identify({ roots: [root] }, peer.certificate) as Identity;
    const message = utf8('message');
    expect(identity.verify(message, signLowS(peer.privateKey, message))).toBe(true);
    expect(identity.verify(utf8('other'), signLowS(peer.privateKey, message))).toBe(false);
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    expect(identity.verify(message, signLowS(stranger, message))).toBe(false);
  });

  it('is one signer in both spellings of its certificate, with low and with high S', () => {
    const ids = [peer.certificate, otherSpelling(peer.certificate)].map((pem) => (identify({ roots: [root] }, pem) as Identity).id);
    expect(new Set(ids).size).toBe(1);
  });
});

/** The same certificate with n - S for S in its own signature. */
function otherSpelling(pem: string): string {
  const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const certificate = new x509.X509Certificate(pem);
  const signature = Buffer.from(certificate.signature);
  const der = Buffer.from(new X509Certificate(pem).raw);
  const at = der.length - signature.length;
  const rLength = signature[3] ?? 0;
  const s = BigInt(`0x${signature.subarray(6 + rLength).toString('hex')}`);
  const digits = Buffer.from((ORDER - s).toString(16).padStart(64, '0'), 'hex');
  const integer = Buffer.concat([Buffer.from((digits[0] ?? 0) >= 0x80 ? [2, 33, 0] : [2, 32]), digits]);
  const body = Buffer.concat([signature.subarray(2, 4 + rLength), integer]);
  const bent = Buffer.concat([Buffer.from([0x30, body.length]), body]);
  expect(isLowS(bent)).toBe(!isLowS(signature));
  const bits = Buffer.concat([Buffer.from([3, bent.length + 1, 0]), bent]);
  const content = Buffer.concat([der.subarray(4, at - 3), bits]);
  const outer = Buffer.concat([Buffer.from([0x30, 0x82, content.length >> 8, content.length & 0xff]), content]);
  return x509.PemConverter.encode(new Uint8Array(outer).buffer, 'CERTIFICATE');
}

describe('an organisation', () => {
  const refusal = expect.objectContaining({ code: 'DEVNET_MSP_REFUSED' }) as Error;

  it('without a root, with a leaf as root, or with something else is refused', () => {
    expect(() => newFabricMsp(configure({ roots: [] }))).toThrow(refusal);
    expect(() => newFabricMsp(configure({ roots: [peer] }))).toThrow(refusal);
    expect(() => newFabricMsp(configure({ roots: [{ certificate: 'x', privateKey: '' }] }))).toThrow(refusal);
  });

  it('with an unreadable revocation list is refused', () => {
    expect(() => newFabricMsp(configure({ roots: [root], revocationLists: ['x'] }))).toThrow(refusal);
  });

  it('whose units count from an authority that is not its own is refused', () => {
    expect(() => newFabricMsp(configure({ roots: [root], unitsOf: other }))).toThrow(/no CA of this MSP/);
  });

  it('of another kind than X.509 is refused', () => {
    const idemix = messages.MSPConfig.deserializeBinary(configure({ roots: [root] }));
    idemix.setType(1);
    expect(() => newFabricMsp(idemix.serializeBinary())).toThrow(/use X.509/);
  });
});
