import { peer, type common } from '@hyperledger/fabric-protos';
import type { Identity, MspRegistry, SignedData } from '../msp/identity';
import { Recent } from '../msp/recent';
import { decode, MalformedMessage } from '../proto/wire';
import { describeSigners, describeVerdict } from './explain-policy';
import type { PolicyManager, PolicyVerdict } from './policy';
import { toEnvelope } from './policy-envelope';
import { readPolicyTree, type Policy } from './policy-tree';
import { compileSignaturePolicy, isSatisfied, type Rule } from './signature-policy';
import { verifiedSigners } from './verified-signers';

const COMPILED = 2000;

/** The policies of one channel configuration. root: the channel group. */
export function newPolicyManager(root: common.ConfigGroup, msps: MspRegistry): PolicyManager {
  const policies = readPolicyTree(root);
  const compiled = new Recent<Rule | 'refused'>(COMPILED);
  const signers = new WeakMap<readonly SignedData[], readonly Identity[]>();
  const signersOf = (signatures: readonly SignedData[]): readonly Identity[] => {
    const known = signers.get(signatures) ?? verifiedSigners(msps, signatures);
    signers.set(signatures, known);
    return known;
  };
  const evaluate = (reference: string, signatures: readonly SignedData[]): PolicyVerdict => {
    const policy = policies.get(reference);
    if (policy === undefined) return refusal(`there is no policy ${reference}`);
    return newVerdict(holds(policy, signersOf(signatures)), () => `${reference} ${describePolicy(policy, signersOf(signatures))}`);
  };
  const evaluateEnvelope = (envelope: Uint8Array, signatures: readonly SignedData[]): PolicyVerdict => {
    const key = Buffer.from(envelope).toString('latin1');
    const rule = compiled.get(key, () => compileSignaturePolicy(envelope) ?? 'refused');
    if (rule === 'refused') return refusal('the signature policy cannot be evaluated');
    return newVerdict(isSatisfied(rule, signersOf(signatures)), () => `the policy ${describeVerdict(rule, signersOf(signatures))}`);
  };
  return {
    evaluate,
    evaluateEnvelope,
    evaluateApplicationPolicy: (policy, signatures) => {
      const read = readApplicationPolicy(policy);
      if (read === undefined) return refusal('the policy cannot be read');
      return 'reference' in read ? evaluate(read.reference, signatures) : evaluateEnvelope(read.envelope, signatures);
    },
    resolve: (reference) => {
      const policy = policies.get(reference);
      return policy && toEnvelope(policy);
    },
  };
}

/** A serialized peer.ApplicationPolicy: a signature policy of its own, or a reference to one of the channel's. */
function readApplicationPolicy(policy: Uint8Array): { readonly reference: string } | { readonly envelope: Uint8Array } | undefined {
  try {
    const message = decode(peer.ApplicationPolicy, policy, { strings: [2] });
    if (message.hasChannelConfigPolicyReference()) return { reference: message.getChannelConfigPolicyReference() };
    const envelope = message.getSignaturePolicy();
    return envelope && { envelope: envelope.serializeBinary() };
  } catch (error) {
    if (error instanceof MalformedMessage) return undefined;
    throw error;
  }
}

function holds(policy: Policy, signers: readonly Identity[]): boolean {
  if (policy.kind === 'signature') return isSatisfied(policy.rule, signers);
  const held = policy.children.filter((child) => child.policy !== undefined && holds(child.policy, signers)).length;
  return held >= policy.threshold;
}

function describePolicy(policy: Policy, signers: readonly Identity[]): string {
  if (policy.kind === 'signature') return describeVerdict(policy.rule, signers);
  const missing = policy.children.filter((child) => child.policy === undefined || !holds(child.policy, signers));
  const asked = `asks for ${policy.subPolicy} of ${String(policy.threshold)} of ${String(policy.children.length)} groups`;
  return `${asked}; signed by ${describeSigners(signers)}; not held by ${missing.map((child) => child.group).join(', ') || 'none'}`;
}

/** The explanation is made only for those who ask: most verdicts are never read. */
function newVerdict(satisfied: boolean, explain: () => string): PolicyVerdict {
  return {
    satisfied,
    get explanation() {
      return explain();
    },
  };
}

function refusal(explanation: string): PolicyVerdict {
  return { satisfied: false, explanation };
}
