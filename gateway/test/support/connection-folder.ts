import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { members, type TestConsortium } from './test-consortium';

/** Writes the connection documents of a test consortium below a folder, as far as a wallet's commands read them. */
export function writeConnections(folder: string, consortium: TestConsortium): void {
  const files = { certificate: '/none', privateKey: '/none' };
  const addresses = members.map((member) => ({ ...member, gateway: consortium.gateway(member.mspId).url }));
  for (const { name, ...own } of members) {
    mkdirSync(join(folder, 'organisations', name), { recursive: true });
    const document = {
      version: 1,
      network: 'test',
      ledger: 'memory',
      channel: 'test',
      chaincode: 'medaccord',
      organisation: { name, ...own },
      members: addresses,
      peers: [{ mspId: own.mspId, endpoint: '127.0.0.1:1', serverName: 'peer', tlsRootCertificates: '/none' }],
      certificateAuthority: {
        url: 'http://127.0.0.1:1',
        name: 'ca',
        certificate: '/none',
        registrar: { id: 'registrar', secretFile: '/none' },
      },
      identities: { admin: files, gateway: files },
      listen: { host: '127.0.0.1', port: 0 },
      data: '/none',
    };
    writeFileSync(join(folder, 'organisations', name, 'connection.json'), JSON.stringify(document));
  }
}
