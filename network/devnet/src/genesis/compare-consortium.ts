import { msp } from '@hyperledger/fabric-protos';
import { DevnetError } from '../devnet-error';
import { equalBytes } from '../proto/bytes';
import type { Ledger } from '../store/ledger';
import { readConfigEnvelope } from './config-envelope';
import { configPolicy, type Member } from './config-groups';
import type { ConfigGroupNode } from './config-tree';
import type { Consortium } from './consortium';

/**
 * Refuses a consortium that says something else than the ledger's newest configuration.
 * @throws DevnetError DEVNET_CONSORTIUM_DIFFERS; the message names the difference and what applies it
 */
export function assertSameChannel(consortium: Consortium, members: readonly Member[], ledger: Ledger, configEnvelope: Uint8Array): void {
  if (consortium.channel !== ledger.channel.id)
    throw differs(`the ledger holds channel ${ledger.channel.id}, the consortium names ${consortium.channel}`, 'use another folder');
  assertSameMembers(members, ledger);
  const { channelGroup } = readConfigEnvelope(configEnvelope);
  for (const member of members) assertSameRoots(member, channelGroup);
  assertSamePolicies(consortium, ledger, channelGroup);
  assertSameBatch(consortium, ledger);
}

/** A difference, and the way to apply it or around it. */
export function differs(difference: string, wayOut: string): DevnetError {
  return new DevnetError('DEVNET_CONSORTIUM_DIFFERS', `${difference}; ${wayOut}`, { difference });
}

function assertSameMembers(members: readonly Member[], ledger: Ledger): void {
  const named = members.map(({ organisation }) => organisation.mspId);
  const joined = ledger.channel.members.map(({ mspId }) => mspId);
  const isNew = named.find((mspId) => !joined.includes(mspId));
  if (isNew !== undefined) throw differs(`${isNew} is no member of the ledger's channel`, 'start without it and call joinOrganisation');
  const left = joined.find((mspId) => !named.includes(mspId));
  if (left !== undefined)
    throw differs(
      `${left} is a member of the ledger's channel, and the consortium does not name it`,
      'add it to the consortium; members do not leave',
    );
}

function assertSameRoots({ organisation, material }: Member, root: ConfigGroupNode): void {
  const value = root.groups.get('Application')?.groups.get(organisation.name)?.values.get('MSP');
  if (value === undefined)
    throw differs(
      `the ledger knows ${organisation.mspId} under another name than ${organisation.name}`,
      'give the organisation its name again',
    );
  const config = msp.FabricMSPConfig.deserializeBinary(msp.MSPConfig.deserializeBinary(value.value).getConfig_asU8());
  const known = config.getRootCertsList_asU8().map((pem) => Buffer.from(pem).toString('utf8').trim());
  const given = material.caCertificates.map((pem) => pem.trim());
  if (known.length !== given.length || given.some((pem) => !known.includes(pem)))
    throw differs(
      `the certificate authority of ${organisation.mspId} is not the one in the ledger`,
      'give its material of then, or use another folder',
    );
}

function assertSamePolicies(consortium: Consortium, ledger: Ledger, root: ConfigGroupNode): void {
  const mspIds = ledger.channel.members.map(({ mspId }) => mspId);
  const existing = root.groups.get('Application')?.policies;
  for (const [name, spec] of consortium.policies) {
    const policy = existing?.get(name);
    const wanted = configPolicy(spec, mspIds);
    if (policy === undefined || policy.type !== wanted.type || !sameMeaning(policy.value, wanted.value, typeof spec === 'string'))
      throw differs(`policy ${name} is another one in the ledger`, 'policies are fixed when the ledger begins: use another folder');
  }
}

/** The members of a policy over all of them may stand in any order: of joining, of the list. */
function sameMeaning(a: Uint8Array, b: Uint8Array, isOrdered: boolean): boolean {
  if (isOrdered) return equalBytes(a, b);
  return a.length === b.length && equalBytes(a.toSorted(), b.toSorted());
}

function assertSameBatch({ batch }: Consortium, ledger: Ledger): void {
  const known = ledger.channel.batch;
  for (const key of ['maxMessageCount', 'timeoutMs', 'absoluteMaxBytes', 'preferredMaxBytes'] as const)
    if (known[key] !== batch[key])
      throw differs(
        `batch.${key} is ${known[key]} in the ledger, ${batch[key]} in the consortium`,
        'it is fixed when the ledger begins: use another folder',
      );
}
