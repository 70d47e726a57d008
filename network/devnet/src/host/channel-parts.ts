import { join } from 'node:path';
import { newChaincodeConnections, type ChaincodeConnections } from '../chaincode/connections';
import { openLedger } from '../ledger/open-ledger';
import { newEndorser, type Endorser } from '../endorser/endorser';
import { ExplanationStore } from '../explain/explanation-store';
import type { Administration } from '../genesis/administration';
import { newBlockZero } from '../genesis/block-zero';
import type { Signer } from '../genesis/config-envelope';
import type { Consortium } from '../genesis/consortium';
import type { StoredMember } from '../genesis/material-store';
import { newSigner } from '../genesis/signer';
import { Orderer } from '../orderer/orderer';
import { BlockDigests } from '../services/block-digest';
import { PeerView } from '../services/peer-view';
import type { Ledger } from '../store/ledger';
import { ChaincodeServices } from './chaincode-services';
import type { DevnetOptions } from './devnet';
import { PeerEndpoints } from './peer-endpoints';

export const MEMORY = ':memory:';

/** What a running channel consists of, wired: nothing here decides anything. */
export interface ChannelParts {
  readonly ledger: Ledger;
  readonly orderer: Orderer;
  readonly endorser: Endorser;
  readonly chaincodes: ChaincodeConnections;
  readonly services: ChaincodeServices;
  readonly endpoints: PeerEndpoints;
  readonly digests: BlockDigests;
  readonly views: Map<string, PeerView>;
  readonly members: StoredMember[];
  /** The peers' signers, by MSP id. */
  readonly peerSigners: Map<string, Signer>;
  readonly explanations: ExplanationStore;
  readonly administration: Administration;
}

/** Opens the ledger of a folder, or begins it, with everything around it; no endpoint is open yet. */
export function newChannelParts(
  consortium: Consortium,
  members: StoredMember[],
  options: DevnetOptions,
  onFailure: (cause: unknown) => void,
): ChannelParts {
  const file = (name: string): string => (options.folder === MEMORY ? MEMORY : join(options.folder, name));
  const mspIds = members.map(({ organisation }) => organisation.mspId);
  const ledger = openLedger({ folder: options.folder, genesis: newBlockZero(consortium, members), hostedMsps: mspIds });
  const ordererSigners = signersOf(members, 'orderer');
  const orderer = new Orderer({ ledger, file: file('ordering.sqlite'), signers: ordererSigners, idleMs: options.idleMs ?? 2, onFailure });
  const services = new ChaincodeServices();
  const chaincodes = newChaincodeConnections({
    service: (mspId, name) => services.find(mspId, name),
    ...(options.executeTimeoutMs === undefined ? {} : { executeTimeoutMs: options.executeTimeoutMs }),
  });
  const endpoints = new PeerEndpoints(options.host ?? '127.0.0.1');
  const peerSigners = signersOf(members, 'peer');
  const endorser = newEndorser({ ledger, signers: peerSigners, chaincodes, isUp: (mspId) => endpoints.isUp(mspId) });
  const explanations = new ExplanationStore(file('explanations.sqlite'));
  const views = new Map(mspIds.map((mspId) => [mspId, new PeerView(ledger, mspId)]));
  ledger.onCommit((block) => {
    explanations.keep(block.number, block.explanations);
    for (const view of views.values()) view.refresh(block.txIds);
  });
  const administration = {
    ledger,
    members,
    configEnvelope: () => orderer.configEnvelope(),
    place: (envelope: Uint8Array) => orderer.place(envelope),
  };
  return {
    ledger,
    orderer,
    endorser,
    chaincodes,
    services,
    endpoints,
    digests: new BlockDigests(),
    views,
    members,
    peerSigners,
    explanations,
    administration,
  };
}

export function closeChannelParts(parts: ChannelParts): void {
  parts.endpoints.close();
  parts.orderer.close();
  parts.chaincodes.close();
  parts.explanations.close();
  parts.ledger.close();
}

function signersOf(members: readonly StoredMember[], node: 'peer' | 'orderer'): Map<string, Signer> {
  return new Map(members.map(({ organisation, material }) => [organisation.mspId, newSigner(organisation.mspId, material[node])]));
}
