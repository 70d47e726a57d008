import { relative } from 'node:path';
import type { CaNode, MspIdentity, Organisation, TlsIdentity, Topology } from '../../topology';
import type { MaterialFile, MountedFile } from './workload';

type KindOfObject = MaterialFile['object']['kind'];

/** Material of one organisation, as mounts take it. */
export class Material {
  readonly #topology: Topology;
  readonly #organisation: Organisation;

  constructor(topology: Topology, organisation: Organisation) {
    this.#topology = topology;
    this.#organisation = organisation;
  }

  /** An MSP folder with the keys of one identity. */
  identity({ id, certificate, privateKey }: MspIdentity): MountedFile[] {
    const secret = `${id}-identity`;
    return [
      { path: 'signcerts/cert.pem', ...this.#take('Secret', secret, 'cert.pem', certificate) },
      { path: 'keystore/key.pem', ...this.#take('Secret', secret, 'key.pem', privateKey) },
      ...this.roots(),
    ];
  }

  /** The organisation's MSP folder, without keys. */
  roots(): MountedFile[] {
    const { caCertificate, tlsCaCertificate, config } = this.#organisation.msp;
    return [
      { path: 'cacerts/ca.pem', ...this.#take('ConfigMap', 'organisation-msp', 'ca.pem', caCertificate) },
      { path: 'tlscacerts/tlsca.pem', ...this.#take('ConfigMap', 'organisation-msp', 'tlsca.pem', tlsCaCertificate) },
      { path: 'config.yaml', ...this.#take('ConfigMap', 'organisation-msp', 'config.yaml', config) },
    ];
  }

  /** Certificate, key and root of a node's TLS; the names of the files are the caller's. */
  tls({ id, certificate, privateKey, rootCertificate }: TlsIdentity, [cert, key, root]: readonly [string, string, string]): MountedFile[] {
    const secret = `${id}-tls`;
    return [
      { path: cert, ...this.#take('Secret', secret, 'tls.crt', certificate) },
      { path: key, ...this.#take('Secret', secret, 'tls.key', privateKey) },
      { path: root, ...this.#take('Secret', secret, 'ca.crt', rootCertificate) },
    ];
  }

  /** Root and key of a certificate authority, and the secret of who may register identities there. */
  authority(ca: CaNode, role: 'ca' | 'tlsca'): MountedFile[] {
    return [
      { path: 'ca-cert.pem', ...this.#take('Secret', `${role}-root`, 'ca-cert.pem', ca.certificate) },
      { path: 'ca-key.pem', ...this.#take('Secret', `${role}-root`, 'ca-key.pem', ca.privateKey) },
      ...this.registrar(ca, role),
    ];
  }

  registrar({ registrar }: CaNode, role: 'ca' | 'tlsca'): MountedFile[] {
    return [{ path: 'registrar-secret', ...this.#take('Secret', `${role}-registrar`, 'registrar-secret', registrar.secretFile) }];
  }

  /** The roots by which every member's peer is recognised. */
  memberRoots(): MountedFile[] {
    return this.#topology.organisations.map(({ name, msp }) => ({
      path: `${name}.pem`,
      ...this.#take('ConfigMap', 'member-roots', `${name}.pem`, msp.tlsCaCertificate),
    }));
  }

  #take(kind: KindOfObject, name: string, key: string, file: string): MaterialFile {
    return { file: relative(this.#topology.paths.organisations, file), object: { kind, name, key } };
  }
}
