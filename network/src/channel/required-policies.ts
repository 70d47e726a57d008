import {
  parseConfig,
  readPolicyTree,
  writeConfigEnvelope,
  writeConfigGroup,
  type Channel,
  type SignedData,
} from '@medaccord/devnet/configuration';
import type { Policy } from '@medaccord/devnet/configuration';
import type { ChannelConfiguration } from './channel-configuration';
import { listMembers } from './members';
import { describePolicy } from './words/describe-policy';

/** A policy that an update must satisfy, and how far its signatures do. */
export interface Requirement {
  /** Absolute, as /Channel/Application/Admins. */
  readonly reference: string;
  readonly satisfied: boolean;
  /** What it asks for, in words. */
  readonly words: string;
  /** Those among whom it counts, when it counts organisations. */
  readonly among: readonly { readonly name: string; readonly requirement: Requirement }[];
  /** How many of them it needs. */
  readonly needed: number;
}

/** Judges policies of a configuration by signatures. */
export function newPolicyJudge(configuration: ChannelConfiguration, signatures: readonly SignedData[]): (reference: string) => Requirement {
  const channel = parseConfig(
    configuration.channel,
    writeConfigEnvelope({ sequence: configuration.sequence, channelGroup: configuration.root }),
  );
  const policies = readPolicyTree(writeConfigGroup(configuration.root));
  const names = new Map(
    (['Application', 'Orderer'] as const).flatMap((section) =>
      listMembers(configuration.root, section).map(({ name, mspId }) => [`/Channel/${section}/${name}`, mspId] as const),
    ),
  );
  return (reference) => judge(reference, { channel, policies, names, signatures });
}

interface Court {
  readonly channel: Channel;
  readonly policies: ReadonlyMap<string, Policy>;
  /** MSP ids by the path of a member's group. */
  readonly names: ReadonlyMap<string, string>;
  readonly signatures: readonly SignedData[];
}

function judge(reference: string, court: Court): Requirement {
  const policy = court.policies.get(reference);
  const { satisfied } = court.channel.policies.evaluate(reference, court.signatures);
  if (policy === undefined)
    return { reference, satisfied, words: 'a policy that the channel does not have: nobody can satisfy it', among: [], needed: 0 };
  if (policy.kind === 'signature')
    return { reference, satisfied, words: describePolicy({ type: 1, value: policy.envelope }), among: [], needed: 1 };
  const group = reference.slice(0, reference.lastIndexOf('/'));
  const among = policy.children.map((child) => ({
    name: court.names.get(`${group}/${child.group}`) ?? child.group,
    requirement: judge(`${group}/${child.group}/${policy.subPolicy}`, court),
  }));
  const words = `the ${policy.subPolicy} of ${String(policy.threshold)} of ${among.map(({ name }) => name).join(', ')}`;
  return { reference, satisfied, words, among, needed: policy.threshold };
}

/** Who has signed and who is missing: `signed by A, B; 1 more of C, D is needed`. */
export function describeProgress({ satisfied, among, needed }: Requirement): string {
  if (among.length === 0) return satisfied ? 'satisfied' : 'not satisfied yet';
  const signed = among.filter(({ requirement }) => requirement.satisfied).map(({ name }) => name);
  const open = among.filter(({ requirement }) => !requirement.satisfied).map(({ name }) => name);
  const so = signed.length === 0 ? 'signed by nobody yet' : `signed by ${signed.join(', ')}`;
  if (satisfied) return `${so}: enough`;
  return `${so}; ${String(needed - signed.length)} more of ${open.join(', ')} needed`;
}
