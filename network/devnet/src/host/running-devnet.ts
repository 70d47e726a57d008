import type { ControlAddress } from '../control/control-door';
import { TestSwitches } from '../control/test-switches';
import { DevnetError } from '../devnet-error';
import type { TransactionDescription } from '../explain/describe-transaction';
import { issueIdentity, newRevocationList } from '../genesis/certificates';
import type { Chaincode, ChaincodeService, Consortium } from '../genesis/consortium';
import type { ChaincodeServiceSpec, ChaincodeSpec, OrganisationSpec } from '../genesis/consortium-spec';
import { deployChaincode } from '../genesis/deploy-chaincode';
import { joinOrganisation } from '../genesis/join-organisation';
import type { MaterialStore, StoredMember } from '../genesis/material-store';
import { resolveDefinition } from '../genesis/resolve-chaincode';
import { resolveJoining } from '../genesis/resolve-consortium';
import { revokeCertificates } from '../genesis/revoke-certificates';
import { newSigner } from '../genesis/signer';
import { PeerView } from '../services/peer-view';
import type { ServiceContext } from '../services/service-context';
import type { ChannelParts } from './channel-parts';
import type { Devnet, DevnetOptions, DevnetOrganisation } from './devnet';
import { exportBlocks } from './export-blocks';
import { findTransaction } from './find-transaction';
import { InTurn } from './in-turn';

export interface Running {
  readonly consortium: Consortium;
  readonly parts: ChannelParts;
  readonly materials: MaterialStore;
  readonly options: DevnetOptions;
  readonly closed: Promise<void>;
  /** Closes everything; the first reason given counts. */
  readonly stop: () => void;
}

/** The verbs of a devnet, on its wired parts. */
export class RunningDevnet implements Devnet {
  readonly switches: TestSwitches;
  readonly closed: Promise<void>;
  control: ControlAddress | undefined;
  readonly #running: Running;
  readonly #parts: ChannelParts;
  readonly #turns = new InTurn();
  readonly #definitions = new Map<string, Chaincode>();

  constructor(running: Running) {
    this.#running = running;
    this.#parts = running.parts;
    this.closed = running.closed;
    this.switches = new TestSwitches(this.#switchedParts(), running.options.testSwitches ?? false);
  }

  get channel(): string {
    return this.#parts.ledger.channel.id;
  }

  get height(): number {
    return this.#parts.ledger.height;
  }

  get organisations(): readonly DevnetOrganisation[] {
    return this.#parts.members.map((member) => this.#describe(member));
  }

  organisation(mspId: string): DevnetOrganisation {
    const member = this.#parts.members.find(({ organisation }) => organisation.mspId === mspId);
    if (member === undefined) throw new DevnetError('DEVNET_UNKNOWN_ORGANISATION', `${mspId} is no organisation of this devnet`, { mspId });
    return this.#describe(member);
  }

  /** Opens a member's endpoint; its peer must be hosted. */
  async openEndpoint(member: StoredMember): Promise<void> {
    const { mspId } = member.organisation;
    if (!this.#parts.endpoints.has(mspId)) await this.#parts.endpoints.open(member, this.#serviceContext(mspId));
  }

  /** Deploys what is missing of a definition, and uses its services from now on. */
  async useChaincode(chaincode: Chaincode): Promise<string[]> {
    const transactions = await deployChaincode(this.#parts.administration, chaincode);
    this.#parts.services.use(chaincode);
    this.#definitions.set(chaincode.name, chaincode);
    return transactions;
  }

  joinOrganisation(
    spec: OrganisationSpec,
    services: Readonly<Record<string, string | ChaincodeServiceSpec>> = {},
  ): Promise<DevnetOrganisation> {
    return this.#turns.run(async () => {
      const member = await this.#running.materials.memberOf(resolveJoining(spec));
      const { mspId } = member.organisation;
      const peerSigner = newSigner(mspId, member.material.peer);
      await joinOrganisation(this.#parts.administration, this.#running.consortium.policies, member);
      if (!this.#parts.members.some(({ organisation }) => organisation.mspId === mspId)) this.#parts.members.push(member);
      this.#parts.ledger.host(mspId);
      this.#parts.peerSigners.set(mspId, peerSigner);
      if (!this.#parts.views.has(mspId)) this.#parts.views.set(mspId, new PeerView(this.#parts.ledger, mspId));
      for (const chaincode of this.#definitions.values()) await this.useChaincode(withService(chaincode, mspId, services[chaincode.name]));
      await this.openEndpoint(member);
      return this.organisation(mspId);
    });
  }

  revokeCertificates(mspId: string, revocationList: string): Promise<void> {
    return this.#turns.run(async () => {
      await revokeCertificates(this.#parts.administration, mspId, revocationList);
    });
  }

  deployChaincode(spec: ChaincodeSpec): Promise<{ transactions: string[] }> {
    return this.#turns.run(async () => {
      const mspIds = this.#parts.ledger.channel.members.map((member) => member.mspId);
      return { transactions: await this.useChaincode(resolveDefinition(spec, mspIds)) };
    });
  }

  chaincodeReady(mspId: string, chaincode: string): Promise<void> {
    return this.#parts.chaincodes.ready(mspId, chaincode);
  }

  exportBlocks(folder: string): number {
    return exportBlocks(this.#parts.ledger, folder);
  }

  explain(txId: string): TransactionDescription {
    return findTransaction(this.#parts.ledger, this.#parts.explanations, txId);
  }

  async close(): Promise<void> {
    await this.#turns.end();
    this.#running.stop();
    await this.closed.catch(() => undefined);
  }

  #describe({ organisation: { mspId }, material, generated }: StoredMember): DevnetOrganisation {
    return {
      mspId,
      endpoint: this.#parts.endpoints.address(mspId),
      tlsRootCertificates: material.tlsCaCertificates.join('\n'),
      generated: generated && {
        caCertificate: generated.ca.certificate,
        admin: generated.admin,
        client: generated.client,
        issueIdentity: (request) => issueIdentity(generated.ca, request),
        newRevocationList: (certificates) => newRevocationList(generated.ca, certificates),
      },
    };
  }

  #serviceContext(mspId: string): ServiceContext {
    const { ledger, endorser, chaincodes, orderer, endpoints, digests, views } = this.#parts;
    return {
      mspId,
      ledger,
      endorser,
      chaincodes,
      orderer,
      digests,
      view: views.get(mspId) ?? new PeerView(ledger, mspId),
      peers: () => endpoints.peers(),
      orderers: () =>
        ledger.channel.consenters.map((consenter) => ({ mspId: consenter.mspId, address: endpoints.addressOf(consenter.mspId) })),
      losesAnswer: () => this.switches.takeLostAnswer(),
      onProblem: this.#running.options.onProblem ?? (() => undefined),
    };
  }

  #switchedParts(): ConstructorParameters<typeof TestSwitches>[0] {
    const { ledger, orderer, endpoints, views } = this.#parts;
    return {
      pauseOrdering: () => orderer.pause(),
      resumeOrdering: () => orderer.resume(),
      holdBackPeer: (mspId, blocks) => {
        this.organisation(mspId);
        ledger.holdBack(mspId, blocks);
        views.get(mspId)?.refresh();
      },
      takeDownPeer: (mspId) => endpoints.takeDown(mspId),
      bringUpPeer: (mspId) => endpoints.bringUp(mspId),
    };
  }
}

function withService(chaincode: Chaincode, mspId: string, service: string | ChaincodeServiceSpec | undefined): Chaincode {
  if (service === undefined) return chaincode;
  const { address, tlsRootCertificates, client } = typeof service === 'string' ? { address: service } : service;
  const added: ChaincodeService = { address, tlsRootCertificates, client };
  return { ...chaincode, services: new Map(chaincode.services).set(mspId, added) };
}
