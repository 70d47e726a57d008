import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import type { Organisation, TlsIdentity, Topology } from '../../../topology';
import { listCertificates } from '../../certs/list-certificates';
import type { CertificatesFacts, ShownCertificate } from '../checks/certificates';
import type { Unseen } from '../finding';
import type { Scene } from '../scene';

const WITHIN_MS = 5000;
const DAY_MS = 24 * 3_600_000;

/** Reads the files of every organisation that has any here, and asks running processes which certificate they show. */
export async function lookAtCertificates({ topology, settings, isRunning }: Scene): Promise<CertificatesFacts> {
  const present = topology.organisations.filter(({ folder }) => existsSync(folder));
  const now = settings.now();
  const absent = topology.organisations.filter(({ folder }) => !existsSync(folder));
  const unseen = absent.map(({ name }): Unseen => ({ what: `the certificates of ${name}`, why: 'no start has made them here yet' }));
  const shown = isRunning ? await Promise.all(present.flatMap((each) => listShown(topology, each, now))) : [];
  return {
    certificates: present.flatMap((each) => listCertificates(each, now)),
    shown: shown.filter((each) => each !== undefined),
    withinDays: settings.withinDays,
    unseen,
  };
}

function listShown({ host, ledger }: Topology, organisation: Organisation, now: number): Promise<ShownCertificate | undefined>[] {
  const { name, ports, tls, nodes } = organisation;
  const ask = (process: string, port: number, { id }: TlsIdentity): Promise<ShownCertificate | undefined> =>
    readShown({ host, port, organisation }, now).then((seen) => seen && { member: name, process, role: id, ...seen });
  const peer = ask(ledger === 'devnet' ? 'ledger' : `peer-${name}`, ports.peer, tls.peer);
  const chaincodes = [ports.chaincode, ports.chaincodeBeside].map((port) => ask(`chaincode-${name}`, port, tls.chaincode));
  const orderer = ledger === 'fabric' && nodes.orderer !== undefined ? [ask(`orderer-${name}`, ports.orderer, tls.orderer)] : [];
  return [peer, ...orderer, ...chaincodes];
}

interface Place {
  readonly host: string;
  readonly port: number;
  readonly organisation: Organisation;
}

/** Undefined: nobody listens, or says nothing. Whether it is to be trusted is not the question. */
function readShown({ host, port, organisation }: Place, now: number): Promise<Pick<ShownCertificate, 'serial' | 'daysLeft'> | undefined> {
  return new Promise((resolve) => {
    const { certificate, privateKey } = organisation.tls.peer;
    // Whoever listens there may ask for a certificate first, and Go's gRPC for the protocol.
    const own = existsSync(certificate) && existsSync(privateKey) ? { cert: readFileSync(certificate), key: readFileSync(privateKey) } : {};
    const socket = connect({ host, port, servername: 'localhost', ALPNProtocols: ['h2'], rejectUnauthorized: false, ...own }, () => {
      const shown = socket.getPeerX509Certificate();
      socket.destroy();
      resolve(shown && { serial: shown.serialNumber.toLowerCase(), daysLeft: Math.floor((Date.parse(shown.validTo) - now) / DAY_MS) });
    });
    socket.setTimeout(WITHIN_MS, () => socket.destroy(new Error('silent')));
    socket.on('error', () => resolve(undefined));
  });
}
