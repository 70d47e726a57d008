import type { Caller } from '../chaincode/caller';
import type { Channel } from '../config/channel';
import type { Identity, SignedData } from '../msp/identity';
import { hex } from '../proto/bytes';

type Memory = Map<string, string | boolean>;

/** Answers per channel configuration and identity: the signature is verified already, so they depend on nothing else. */
const memories = new WeakMap<Channel, Map<string, Memory>>();

/** A client whose signature over the proposal is valid. */
export class VerifiedCaller implements Caller {
  constructor(
    readonly identity: Identity,
    readonly signed: SignedData,
    readonly channel: Channel,
    readonly otherChannel: (channelId: string) => Channel | undefined,
  ) {}

  satisfies(envelope: Uint8Array): boolean {
    return remember(this.channel, this.identity, `envelope ${hex(envelope)}`, () => {
      return this.channel.policies.evaluateEnvelope(envelope, [this.signed]).satisfied;
    });
  }

  /** Texts: core/policy/policy.go, CheckPolicyBySignedData. */
  refusalOf(resource: string, channelId: string): string | undefined {
    const channel = channelId === this.channel.id ? this.channel : this.otherChannel(channelId);
    if (channel === undefined) return `Failed to get policy manager for channel [${channelId}]`;
    const refusal = remember(channel, this.identity, `resource ${resource}`, () => {
      const policy = channel.acl(resource);
      const verdict = channel.policies.evaluate(policy, [this.signed]);
      const check = `Failed evaluating policy on signed data during check policy on channel [${channelId}] with policy [${policy}]`;
      return verdict.satisfied ? '' : `${check}: [${verdict.explanation}]`;
    });
    return refusal === '' ? undefined : refusal;
  }
}

function remember<Answer extends string | boolean>(channel: Channel, identity: Identity, question: string, answer: () => Answer): Answer {
  const identities = memories.get(channel) ?? new Map<string, Memory>();
  memories.set(channel, identities);
  const memory = identities.get(identity.id) ?? new Map<string, string | boolean>();
  identities.set(identity.id, memory);
  const known = memory.get(question);
  if (known !== undefined) return known as Answer;
  const found = answer();
  memory.set(question, found);
  return found;
}
