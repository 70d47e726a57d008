import { X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { generateOrganisation, type GeneratedOrganisation } from '@medaccord/devnet';
import type { ConfigGroupNode } from '@medaccord/devnet/configuration';
import { newSampleChannel, type SampleChannel } from '../../test/support/sample-channel';
import { issueIdentity, issueTls, newRevocationList } from '../../devnet/src/genesis/certificates';
import { writeMspFolder } from '../identity/material/msp-folder';
import { loadTopology, type Organisation, type Topology } from '../topology';
import { assertSound } from './assert-sound';
import { newChannelUpdate, describeUpdate } from './channel-update';
import { newIdentityCheck } from './check-signature';
import { listConsenters } from './consenters';
import { findMember, listMembers } from './members';
import { readPeersPolicy } from './peers-policy';
import {
  planAddOrderer,
  planAddOrganisation,
  planRemoveOrderer,
  planRemoveOrganisation,
  planRevocation,
  planRotateOrderer,
  planSettings,
  type Plan,
} from './plan-change';

const LETTERS = ['a', 'b', 'c', 'd', 'e', 'f'] as const;

let channel: SampleChannel;
let folder: string;
let topology: Topology;
/** The one that joins: its material is in its folders, and the channel does not know it yet. */
let newcomer: GeneratedOrganisation;

beforeAll(async () => {
  channel = await newSampleChannel();
  newcomer = await generateOrganisation({ mspId: 'FMSP' });
  folder = mkdtempSync(join(tmpdir(), 'plan-change-'));
  const file = join(folder, 'topology.json');
  const spec = {
    name: 'plans',
    channel: 'main',
    ledger: 'fabric',
    organisations: LETTERS.map((name) => ({ name, title: name, mspId: `${name.toUpperCase()}MSP`, role: 'hospital' })),
    policies: { Witnessed: { outOf: 2, of: 'all' } },
    chaincode: { name: 'notes', folder: 'notes', policy: 'Witnessed' },
    ports: { base: 20_000 },
  };
  writeFileSync(file, JSON.stringify(spec));
  topology = loadTopology(file, { root: folder });
});

beforeEach(() => {
  for (const [mspId, material] of [...channel.organisations, ['FMSP', newcomer] as const]) {
    const { msp, identities, tls } = organisation(mspId);
    writeMspFolder(msp.folder, { ca: material.ca.certificate, tlsCa: material.tlsCa.certificate });
    write(identities.orderer.certificate, material.orderer.certificate);
    write(tls.orderer.certificate, material.tls.certificate);
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function organisation(mspId: string): Organisation {
  const found = topology.organisations.find((each) => each.mspId === mspId);
  if (found === undefined) throw new Error(`no organisation ${mspId}`);
  return found;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** What the plan makes of the tree; a channel could live with it. */
async function make(plan: Plan, root: ConfigGroupNode = channel.base.root): Promise<ConfigGroupNode> {
  const changed = await plan(root);
  assertSound({ ...channel.base, root: changed });
  return changed;
}

const refusal = (code: string, words = ''): Error =>
  expect.objectContaining({ code, message: expect.stringContaining(words) as unknown }) as Error;
const members = (root: ConfigGroupNode, section: 'Application' | 'Orderer'): string =>
  listMembers(root, section)
    .map(({ mspId }) => mspId.charAt(0))
    .join('');
const voters = (root: ConfigGroupNode): string =>
  listConsenters(root)
    .map(({ id, mspId }) => `${String(id)}${mspId.charAt(0)}`)
    .join(' ');
const witnesses = (root: ConfigGroupNode): unknown => readPeersPolicy(root.groups.get('Application')!.policies.get('Witnessed')!);

describe('a member joins', () => {
  it('with its MSP, its peer as an anchor and its name in the policies that count it, and its admin may change what is its own', async () => {
    const joined = await make(planAddOrganisation(topology, organisation('FMSP')));
    expect([members(joined, 'Application'), members(joined, 'Orderer')]).toEqual(['ABCDEF', 'ABCDE']);
    expect(witnesses(joined)).toEqual({ outOf: 2, mspIds: ['AMSP', 'BMSP', 'CMSP', 'DMSP', 'FMSP'] });
    const update = newChannelUpdate(channel.base, () => joined)!;
    expect(describeUpdate(update)).toEqual(
      expect.arrayContaining([
        'FMSP becomes a member of the channel.',
        `  Where others find the peers of FMSP: 127.0.0.1:${String(organisation('FMSP').ports.peer)}.`,
        '  Admins: an admin of FMSP.',
      ]),
    );
    expect(await make(planAddOrganisation(topology, organisation('FMSP')), joined)).toEqual(joined);
  });

  it('once: another with its MSP id is refused', async () => {
    const stranger = await generateOrganisation({ mspId: 'AMSP' });
    writeMspFolder(organisation('AMSP').msp.folder, { ca: stranger.ca.certificate, tlsCa: stranger.tlsCa.certificate });
    await expect(make(planAddOrganisation(topology, organisation('AMSP')))).rejects.toThrow(
      refusal('CHANNEL_CHANGE_IMPOSSIBLE', 'with other certificate authorities'),
    );
  });

  it.each<[string, () => void]>([
    ['config.yaml', () => rmSync(join(organisation('FMSP').msp.folder, 'config.yaml'))],
    ['cacerts', () => write(join(organisation('FMSP').msp.folder, 'cacerts', 'ca.pem'), newcomer.peer.certificate)],
    ['tlscacerts', () => rmSync(join(organisation('FMSP').msp.folder, 'tlscacerts'), { recursive: true })],
  ])('not with an MSP folder that is not whole: %s', async (_what, spoil) => {
    spoil();
    await expect(make(planAddOrganisation(topology, organisation('FMSP')))).rejects.toThrow(refusal('CHANNEL_MATERIAL_UNFIT', 'FMSP'));
  });
});

describe('an orderer joins', () => {
  it('in two steps: first its organisation has a place, then it has a vote', async () => {
    const joined = await make(planAddOrganisation(topology, organisation('FMSP')));
    const placed = await make(planAddOrderer(organisation('FMSP')), joined);
    expect([members(placed, 'Orderer'), voters(placed)]).toEqual(['ABCDEF', '1A 2B 3C 4D']);
    const voting = await make(planAddOrderer(organisation('FMSP')), placed);
    expect(voters(voting)).toBe('1A 2B 3C 4D 5F');
    expect(await make(planAddOrderer(organisation('FMSP')), voting)).toBe(voting);
  });

  it('after its organisation', async () => {
    await expect(make(planAddOrderer(organisation('FMSP')))).rejects.toThrow(
      refusal('CHANNEL_CHANGE_IMPOSSIBLE', 'is no member of the channel yet'),
    );
  });

  const moved = (host: string): Topology => ({ ...topology, organisations: topology.organisations.map((each) => ({ ...each, host })) });

  it.each<[string, (own: GeneratedOrganisation, files: Organisation) => void]>([
    ['not of an orderer', ({ peer }, { identities }) => write(identities.orderer.certificate, peer.certificate)],
    ['not accepted', (_own, { identities }) => write(identities.orderer.certificate, newcomer.orderer.certificate)],
    ['not certified by an authority', (_own, { tls }) => write(tls.orderer.certificate, newcomer.tls.certificate)],
    ['no PEM certificate', (_own, { tls }) => write(tls.orderer.certificate, 'nothing of use')],
    ['cannot be read', (_own, { tls }) => rmSync(tls.orderer.certificate)],
    ['not for 10.0.0.9', () => (topology = moved('10.0.0.9'))],
  ])('not with certificates by which others would not know it: %s', async (words, spoil) => {
    const whole = topology;
    spoil(channel.organisations.get('EMSP')!, organisation('EMSP'));
    try {
      await expect((async () => make(planAddOrderer(organisation('EMSP'))))()).rejects.toThrow(refusal('CHANNEL_MATERIAL_UNFIT', words));
    } finally {
      topology = whole;
    }
  });
});

describe('an orderer and then its member leave', () => {
  it('each in its turn, and nothing is left of them', async () => {
    const voteless = await make(planRemoveOrderer('DMSP'));
    expect([voters(voteless), members(voteless, 'Orderer')]).toEqual(['1A 2B 3C', 'ABCDE']);
    const placeless = await make(planRemoveOrderer('DMSP'), voteless);
    expect(members(placeless, 'Orderer')).toBe('ABCE');
    const gone = await make(planRemoveOrganisation('DMSP'), placeless);
    expect([members(gone, 'Application'), witnesses(gone)]).toEqual(['ABCE', { outOf: 2, mspIds: ['AMSP', 'BMSP', 'CMSP'] }]);
    expect(await make(planRemoveOrganisation('DMSP'), gone)).toBe(gone);
  });

  it('not the member before its orderer', async () => {
    await expect(make(planRemoveOrganisation('DMSP'))).rejects.toThrow(
      refusal('CHANNEL_CHANGE_IMPOSSIBLE', 'still part of the ordering service'),
    );
  });

  it('not the last orderer', async () => {
    let root = channel.base.root;
    for (const mspId of ['AMSP', 'BMSP', 'CMSP']) root = await make(planRemoveOrderer(mspId), root);
    await expect(make(planRemoveOrderer('DMSP'), root)).rejects.toThrow(refusal('CHANNEL_CHANGE_IMPOSSIBLE', 'the last orderer'));
  });

  it('not a member without whom a policy could not be met', async () => {
    let root = channel.base.root;
    for (const mspId of ['BMSP', 'BMSP', 'CMSP', 'CMSP', 'DMSP', 'DMSP']) root = await make(planRemoveOrderer(mspId), root);
    for (const mspId of ['DMSP', 'CMSP']) root = await make(planRemoveOrganisation(mspId), root);
    await expect(make(planRemoveOrganisation('BMSP'), root)).rejects.toThrow(
      refusal('CHANNEL_CHANGE_IMPOSSIBLE', 'Without BMSP the policy Witnessed asks for 2 of 1 members'),
    );
  });
});

describe('an orderer’s certificates are rotated', () => {
  it('both at once; its number and its address stay, and blocks are judged by the new one', async () => {
    const { identities, tls } = organisation('BMSP');
    expect(await make(planRotateOrderer(organisation('BMSP')))).toBe(channel.base.root);
    const own = channel.organisations.get('BMSP')!;
    const [identity, server] = await Promise.all([
      issueIdentity(own.ca, { commonName: 'orderer1', ou: 'orderer' }),
      issueTls(own.tlsCa, ['localhost', '127.0.0.1']),
    ]);
    write(identities.orderer.certificate, identity.certificate);
    write(tls.orderer.certificate, server.certificate);
    const rotated = await make(planRotateOrderer(organisation('BMSP')));
    const before = listConsenters(channel.base.root)[1]!;
    expect(listConsenters(rotated)).toHaveLength(4);
    expect(listConsenters(rotated)[1]).toEqual({
      ...before,
      identity: identity.certificate,
      clientTls: server.certificate,
      serverTls: server.certificate,
    });
  });

  it('to nothing that is not an orderer’s', async () => {
    write(organisation('BMSP').identities.orderer.certificate, channel.organisations.get('BMSP')!.peer.certificate);
    await expect(make(planRotateOrderer(organisation('BMSP')))).rejects.toThrow(
      refusal('CHANNEL_MATERIAL_UNFIT', 'that of a peer, not of an orderer'),
    );
  });

  it('only where it has a vote', async () => {
    await expect((async () => make(planRotateOrderer(organisation('EMSP'))))()).rejects.toThrow(
      refusal('CHANNEL_CHANGE_IMPOSSIBLE', 'EMSP has no orderer with a vote'),
    );
  });
});

describe('settings of the topology', () => {
  it('are brought in as far as they are named', async () => {
    const other: Topology = {
      ...topology,
      fabric: { ...topology.fabric, block: { ...topology.fabric.block, messages: 7 }, bft: { ...topology.fabric.bft, complain: '6s' } },
      policies: [{ name: 'Witnessed', outOf: 3, mspIds: ['AMSP', 'BMSP', 'CMSP', 'DMSP'] }] as never,
    };
    const words = async (...settings: Parameters<typeof planSettings>[1]): Promise<readonly string[]> => {
      const changed = await make(planSettings(other, settings));
      const update = newChannelUpdate(channel.base, () => changed);
      return update === undefined ? [] : describeUpdate(update);
    };
    expect(await words('batch')).toContain('Transactions in a block, at most: 7 instead of 100.');
    expect(await words('bft')).toEqual(['Orderers complain of the leader about a transaction after: 6s instead of 5s.']);
    expect(await words('policies')).toEqual([expect.stringMatching(/^Policy Witnessed of the members: 3 of /)]);
    expect(await words()).toEqual([]);
  });

  it('leave a duration as it is when it means the same in other words', async () => {
    const { bft } = topology.fabric;
    const other: Topology = { ...topology, fabric: { ...topology.fabric, bft: { ...bft, forward: '2000ms', autoRemove: '180s' } } };
    const changed = await make(planSettings(other, ['bft']));
    expect(newChannelUpdate(channel.base, () => changed)).toBeUndefined();
  });

  it('name no stranger in a policy', async () => {
    await expect((async () => make(planSettings(topology, ['policies'])))()).rejects.toThrow(
      refusal('CHANNEL_CHANGE_IMPOSSIBLE', 'The policy Witnessed names FMSP, which is no member of the channel.'),
    );
  });
});

describe('certificates are revoked', () => {
  it('wherever the MSP of their organisation stands, by a list that its own authority signed', async () => {
    const { ca, client } = channel.organisations.get('AMSP')!;
    const revoked = await make(planRevocation('AMSP', await newRevocationList(ca, [client.certificate])));
    const update = newChannelUpdate(channel.base, () => revoked)!;
    expect(describeUpdate(update)).toEqual([
      'What AMSP is recognised by changes.',
      expect.stringMatching(/^ {2}Revocation list: of /),
      `  Certificates that are good no longer: serial ${new X509Certificate(client.certificate).serialNumber.toLowerCase()}.`,
    ]);
    const msps = (['Application', 'Orderer'] as const).map(
      (section) => findMember(revoked, section, 'AMSP')?.group.values.get('MSP')?.value,
    );
    expect(msps[0]).toEqual(msps[1]);
    const check = newIdentityCheck({ ...channel.base, root: revoked });
    const { identity } = channel.signerOf('AMSP', 'client');
    const message = Uint8Array.of(1);
    const signature = channel.signerOf('AMSP', 'client').sign(message);
    expect(newIdentityCheck(channel.base)({ identity, message, signature }, 'AMSP')).toBeUndefined();
    expect(check({ identity, message, signature }, 'AMSP')).toContain('revoked');
  });

  it('not by another authority, nor the certificate by which an orderer with a vote signs blocks', async () => {
    const { ca, orderer } = channel.organisations.get('AMSP')!;
    await expect(make(planRevocation('BMSP', await newRevocationList(ca, [])))).rejects.toThrow(
      refusal('CHANNEL_MATERIAL_UNFIT', 'which is no authority of BMSP, or not signed by it'),
    );
    await expect(make(planRevocation('AMSP', await newRevocationList(ca, [orderer.certificate])))).rejects.toThrow(
      refusal('CHANNEL_CHANGE_IMPOSSIBLE', 'by which the orderer of AMSP signs blocks'),
    );
    await expect(make(planRevocation('AMSP', 'nothing of use'))).rejects.toThrow(
      refusal('CHANNEL_MATERIAL_UNFIT', 'The revocation list cannot be read.'),
    );
  });
});
