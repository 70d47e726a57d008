import { common } from '@hyperledger/fabric-protos';
import type { Identity } from '../msp/identity';
import { decode } from '../proto/wire';

/** A signature policy as it is evaluated. */
export type Rule =
  | { readonly kind: 'signed-by'; readonly principal: Uint8Array }
  | { readonly kind: 'n-out-of'; readonly n: number; readonly rules: readonly Rule[] };

/**
 * Compiles a serialized common.SignaturePolicyEnvelope; undefined where Fabric's compiler refuses it: unreadable, of another
 * version than 0, without a rule, or naming a principal that is not there (common/cauthdsl/cauthdsl.go).
 */
export function compileSignaturePolicy(envelope: Uint8Array): Rule | undefined {
  try {
    const message = decode(common.SignaturePolicyEnvelope, envelope);
    const rule = message.getRule();
    if (message.getVersion() !== 0 || rule === undefined) return undefined;
    return compileRule(
      rule,
      message.getIdentitiesList().map((identity) => identity.serializeBinary()),
    );
  } catch {
    return undefined;
  }
}

function compileRule(rule: common.SignaturePolicy, principals: readonly Uint8Array[]): Rule {
  const nOutOf = rule.getNOutOf();
  if (nOutOf !== undefined)
    return { kind: 'n-out-of', n: nOutOf.getN(), rules: nOutOf.getRulesList().map((inner) => compileRule(inner, principals)) };
  const principal = rule.hasSignedBy() ? principals[rule.getSignedBy()] : undefined;
  if (principal === undefined) throw new RangeError('the rule names no principal');
  return { kind: 'signed-by', principal };
}

/**
 * Evaluates as Fabric does, greedily: each signed-by takes the first unused identity that satisfies it, a part that fails
 * gives its identities back, nothing is tried a second time with others (devnet.md g.3).
 */
export function isSatisfied(rule: Rule, identities: readonly Identity[]): boolean {
  return evaluate(rule, identities, new Set());
}

function evaluate(rule: Rule, identities: readonly Identity[], used: Set<Identity>): boolean {
  if (rule.kind === 'signed-by') {
    const signer = identities.find((identity) => !used.has(identity) && identity.satisfies(rule.principal));
    if (signer !== undefined) used.add(signer);
    return signer !== undefined;
  }
  let held = 0;
  for (const inner of rule.rules) {
    const attempt = new Set(used);
    if (!evaluate(inner, identities, attempt)) continue;
    held += 1;
    for (const identity of attempt) used.add(identity);
  }
  return held >= rule.n;
}
