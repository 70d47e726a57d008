import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { enroll, register, type Credentials } from '../../../network/src/identity';
import type { Organisation } from '../../../network/src/topology';
import { ScratchNetwork } from '../../../network/test/support/scratch-network';
import type { StaffRole } from '../../src/model';
import { LedgerConsortium, type ClientKey } from './ledger-consortium';
import { MEMBERS, RULES } from './story';

const LAWLESS = join(__dirname, '../fixtures/lawless-chaincode');

/** The story's consortium, without gateways, as the command line brings it up: on the ledger that the tests run on. */
export class NetworkConsortium extends LedgerConsortium {
  readonly #registrars = new Map<string, Promise<Credentials>>();
  /** By member: the newest block that its peer is known to have. */
  readonly #newest = new Map<string, bigint>();

  private constructor(readonly scratch: ScratchNetwork) {
    super();
  }

  /** @param lawless members whose chaincode writes whatever it is told to */
  static async start(lawless: readonly string[]): Promise<NetworkConsortium> {
    const scratch = await ScratchNetwork.create();
    const folder = join(scratch.folder, 'chaincode');
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'lawless', version: '0.0.0', main: 'index.js' }));
    const isLawful = `!${JSON.stringify(lawless)}.includes(process.env.CORE_PEER_LOCALMSPID)`;
    const program = [`if (${isLawful}) process.env.LAWLESS = 'no';`, `module.exports = require(${JSON.stringify(LAWLESS)});`];
    writeFileSync(join(folder, 'index.js'), program.join('\n'));
    scratch.editTopology(({ gateway: _, ...topology }) => ({
      ...topology,
      organisations: MEMBERS.map((mspId) => ({ ...named(mspId), mspId, role: RULES.roles[mspId] })),
      chaincode: { name: 'medaccord', folder, policy: 'Witnessed' },
    }));
    const { code, output } = await scratch.run('up');
    if (code !== 0) throw new Error(`The network did not come up (${String(code)}): ${output}`);
    return new NetworkConsortium(scratch);
  }

  override async stop(): Promise<void> {
    await super.stop();
    await this.scratch.remove();
  }

  protected async newClient(mspId: string, role: StaffRole | 'admin' | undefined): Promise<ClientKey> {
    const organisation = this.#organisation(mspId);
    const { certificate, privateKey } = organisation.identities.admin;
    const key = role === 'admin' ? { certificate: read(certificate), privateKey: read(privateKey) } : await this.#issue(organisation, role);
    return { ...key, endpoint: organisation.endpoints.peer, tlsRootCertificates: read(organisation.tls.peer.rootCertificate) };
  }

  protected async settled(block: bigint): Promise<void> {
    await Promise.all(MEMBERS.map((mspId) => this.#untilHas(mspId, block)));
  }

  async #untilHas(mspId: string, block: bigint): Promise<void> {
    const newest = this.#newest.get(mspId) ?? -1n;
    if (newest >= block) return;
    // From the first that it may lack: a peer that is asked for a block beyond its next one ends the stream with 404.
    const blocks = await this.network(await this.identity(mspId, 'gateway')).getFilteredBlockEvents({ startBlock: newest + 1n });
    try {
      for await (const has of blocks) if (BigInt(has.getNumber()) >= block) break;
    } finally {
      blocks.close();
    }
    this.#newest.set(mspId, block);
  }

  async #issue(organisation: Organisation, role: StaffRole | undefined): Promise<{ certificate: string; privateKey: string }> {
    const ca = { url: organisation.endpoints.ca, name: organisation.ca.name };
    const { id, secretFile } = organisation.ca.registrar;
    const registrar = this.#registrars.get(ca.name) ?? enroll(ca, { id, secret: read(secretFile).trim() });
    this.#registrars.set(ca.name, registrar);
    const attributes = role === undefined ? [] : [{ name: 'role', value: role, ecert: true }];
    const client = { id: randomUUID(), type: 'client', attributes };
    return enroll(ca, { id: client.id, secret: await register(ca, await registrar, client) });
  }

  #organisation(mspId: string): Organisation {
    const found = this.scratch.topology.organisations.find((one) => one.mspId === mspId);
    if (found === undefined) throw new Error(`there is no ${mspId}`);
    return found;
  }
}

const read = (file: string): string => readFileSync(file, 'utf8');

function named(mspId: string): { readonly name: string; readonly title: string } {
  const title = mspId.replace('MSP', '');
  return { name: title.toLowerCase(), title };
}
