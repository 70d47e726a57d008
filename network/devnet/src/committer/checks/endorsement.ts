import { LIFECYCLE } from '../../config/chaincode-definition';
import type { SignedData } from '../../msp/identity';
import type { NamespaceRwSet } from '../../proto/rwset';
import { lifecyclePolicy } from '../../config/lifecycle-policy';
import { KeyPolicies } from '../key-policies';
import { endorsementsOf, type Check, type CheckContext, type Draft, type Refusal } from '../draft';
import { CODE } from '../validation-code';

/**
 * The invoked chaincode, and every other namespace with a write, is defined (else 25) and its policies hold (else 10), by the
 * definition in the state before the block. devnet.md g.1, g.2 [P]; Fabric takes the namespaces in random order.
 */
export const isEndorsed: Check = (draft, context) => {
  const signatures = endorsementsOf(draft);
  for (const namespace of namespacesToJudge(draft)) {
    const refusal = judge(draft, namespace, signatures, context);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};

function namespacesToJudge({ chaincode, rwset }: Draft): readonly string[] {
  return [...new Set([chaincode.name, ...rwset.filter(hasWrites).map(({ namespace }) => namespace)])];
}

function hasWrites(set: NamespaceRwSet): boolean {
  const isWritten = set.collections.some(({ hashedWrites, metadataWrites }) => hashedWrites.length + metadataWrites.length > 0);
  return set.writes.length + set.metadataWrites.length > 0 || isWritten;
}

function judge(draft: Draft, namespace: string, signatures: readonly SignedData[], context: CheckContext): Refusal | undefined {
  const { view, metadataWrites } = context;
  const policy = namespace === LIFECYCLE ? lifecyclePolicy(view.channel) : view.definition(namespace)?.policy;
  if (policy === undefined || policy.length === 0)
    return { code: CODE.invalidChaincode, evidence: { kind: 'undefined', what: `chaincode ${namespace}` } };
  const set = draft.rwset.find((candidate) => candidate.namespace === namespace);
  const evidence = new KeyPolicies(namespace, policy, signatures, context).judge(set);
  if (evidence !== undefined) return { code: CODE.endorsementPolicyFailure, evidence };
  if (set !== undefined) metadataWrites.add(draft.index, set);
  return undefined;
}
