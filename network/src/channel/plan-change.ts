import { readFileSync } from 'node:fs';
import type { ConfigGroupNode } from '@medaccord/devnet/configuration';
import type { Organisation, Topology } from '../topology';
import { addConsenter, addOrdererOrganisation, type OrdererNode } from './changes/add-orderer';
import { addOrganisation } from './changes/add-organisation';
import { removeConsenter, removeOrdererOrganisation } from './changes/remove-orderer';
import { removeOrganisation } from './changes/remove-organisation';
import { revokeCertificates } from './changes/revoke';
import { rotateOrderer } from './changes/rotate-orderer';
import { setBatch, setBft } from './changes/set-ordering';
import { setPolicies } from './changes/set-policies';
import { ChannelError } from './channel-error';
import { assertOrdererCertificates } from './check-orderer-certificates';
import { assertRevocationList } from './check-revocation-list';
import type { Address } from './configuration-values';
import { listConsenters } from './consenters';
import { findMember } from './members';
import { readMspFolder } from './read-msp-folder';
import { parseRevocationList } from './revocation-list';

/** What a change makes of a channel's configuration. Throws ChannelError where it cannot be made. */
export type Plan = (root: ConfigGroupNode) => ConfigGroupNode | Promise<ConfigGroupNode>;

/** What of the topology `set` brings into the channel. */
export const SETTINGS = ['batch', 'bft', 'policies'] as const;
export type Setting = (typeof SETTINGS)[number];

/** A member joins with its MSP, its peer as an anchor, and its name in the policies that count it. */
export function planAddOrganisation(topology: Topology, organisation: Organisation): Plan {
  const { mspId, msp, host, ports } = organisation;
  const policies = topology.policies.filter((policy) => policy.mspIds.includes(mspId)).map(({ name }) => name);
  const anchorPeers = [{ host, port: ports.peer }];
  return (root) => addOrganisation(root, { mspId, msp: readMspFolder(msp.folder, mspId), anchorPeers, policies });
}

/** The next of the two steps by which a member's orderer gets a vote: first it may follow, then it votes. */
export function planAddOrderer(organisation: Organisation): Plan {
  const [place, vote] = [planOrdererPlace(organisation), planOrdererVote(organisation)];
  return (root) => (findMember(root, 'Orderer', organisation.mspId) === undefined ? place(root) : vote(root));
}

/** The first of them alone; nothing where it is done. */
export function planOrdererPlace(organisation: Organisation): Plan {
  return (root) => addOrdererOrganisation(root, { mspId: organisation.mspId, address: ordererAddress(organisation) });
}

/** The second; nothing where it is done. */
export function planOrdererVote(organisation: Organisation): Plan {
  return (root) => {
    const node = readOrdererNode(organisation);
    const changed = addConsenter(root, node);
    if (changed !== root) assertOrdererCertificates(root, node, new Date());
    return changed;
  };
}

/** A member leaves; its orderer has left before. */
export function planRemoveOrganisation(mspId: string): Plan {
  return (root) => removeOrganisation(root, mspId);
}

/** The next of the two steps by which a member's orderer leaves: first it loses its vote, then its place. */
export function planRemoveOrderer(mspId: string): Plan {
  return (root) =>
    listConsenters(root).some((consenter) => consenter.mspId === mspId)
      ? removeConsenter(root, mspId)
      : removeOrdererOrganisation(root, mspId);
}

/** Where new certificates of an orderer are, when not yet where the orderer reads them. */
export interface CertificateFiles {
  readonly identity?: string | undefined;
  readonly tls?: string | undefined;
}

/** Other certificates of a member's orderer: those that it would read at its next start. */
export function planRotateOrderer(organisation: Organisation, files: CertificateFiles = {}): Plan {
  return (root) => {
    const node = readOrdererNode(organisation, files);
    const changed = rotateOrderer(root, node);
    if (changed !== root) assertOrdererCertificates(root, node, new Date());
    return changed;
  };
}

/** The channel gets what the topology says of blocks, timers and policies. */
export function planSettings({ fabric, policies }: Topology, settings: readonly Setting[]): Plan {
  const has = (setting: Setting): boolean => settings.includes(setting);
  return (root) => {
    const withBatch = has('batch') ? setBatch(root, fabric.block) : root;
    const withBft = has('bft') ? setBft(withBatch, fabric) : withBatch;
    return has('policies') ? setPolicies(withBft, policies) : withBft;
  };
}

/** Certificates that a member's authority has revoked count no longer. `list`: PEM. */
export function planRevocation(mspId: string, list: string): Plan {
  return async (root) => {
    const parsed = parseRevocationList(list);
    await assertRevocationList(root, mspId, parsed);
    return revokeCertificates(root, mspId, parsed);
  };
}

function readOrdererNode(organisation: Organisation, files: CertificateFiles = {}): OrdererNode {
  const { mspId, identities, tls } = organisation;
  return {
    mspId,
    address: ordererAddress(organisation),
    identity: readPem(files.identity ?? identities.orderer.certificate),
    tls: readPem(files.tls ?? tls.orderer.certificate),
  };
}

function ordererAddress({ host, nodes, ports, title }: Organisation): Address {
  if (nodes.orderer === undefined)
    throw new ChannelError(
      'CHANNEL_CHANGE_IMPOSSIBLE',
      `${title} runs no orderer, says the topology.`,
      'Let it say `"orderer": true` of the organisation.',
    );
  return { host, port: ports.orderer };
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ChannelError(
      'CHANNEL_MATERIAL_UNFIT',
      `A certificate cannot be read: ${(error as Error).message}.`,
      'Name the file that holds it.',
    );
  }
}
