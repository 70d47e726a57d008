import type { ChaincodeService } from '../chaincode/service-address';
import type { Chaincode } from '../genesis/consortium';

/** Where the organisations' chaincode processes are; changes as chaincodes are deployed and members join. */
export class ChaincodeServices {
  readonly #services = new Map<string, ChaincodeService>();

  /** What a definition says of its services takes the place of what was known. */
  use(chaincode: Pick<Chaincode, 'name' | 'packageId' | 'services'>): void {
    for (const key of [...this.#services.keys()]) if (key.endsWith(`\n${chaincode.name}`)) this.#services.delete(key);
    this.add(chaincode);
  }

  add({ name, packageId, services }: Pick<Chaincode, 'name' | 'packageId' | 'services'>): void {
    for (const [mspId, { address, tlsRootCertificates, client }] of services) {
      const mutual = client === undefined ? {} : { clientCert: client.certificate, clientKey: client.privateKey };
      const tls = tlsRootCertificates === undefined ? {} : { tls: { rootCert: tlsRootCertificates, ...mutual } };
      this.#services.set(`${mspId}\n${name}`, { packageId, address, ...tls });
    }
  }

  find(mspId: string, chaincode: string): ChaincodeService | undefined {
    return this.#services.get(`${mspId}\n${chaincode}`);
  }
}
