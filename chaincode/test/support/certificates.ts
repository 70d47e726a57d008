import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { Extension, X509CertificateGenerator } from '@peculiar/x509';
import type { MspId } from '../../src/model';

/** A client of a member, as its certificate shows it. */
export interface Identity {
  readonly mspId: MspId;
  readonly certificate: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Issues a certificate as Fabric CA does: attributes in the extension 1.2.3.4.5.6.7.8.1, NodeOUs in the subject. */
export async function newIdentity(mspId: string, { role, ou = 'client' }: { role?: string; ou?: string } = {}): Promise<Identity> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const attributes = Buffer.from(JSON.stringify({ attrs: role === undefined ? {} : { role } }));
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: '01',
      name: `CN=${webcrypto.randomUUID()}, OU=${ou}`,
      notBefore: new Date('2026-01-01'),
      notAfter: new Date('2036-01-01'),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [new Extension('1.2.3.4.5.6.7.8.1', false, attributes)],
    },
    webcrypto,
  );
  return { mspId: mspId as MspId, certificate: certificate.toString('pem') };
}
