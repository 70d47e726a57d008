import { unsupported } from './fhir-consent-error';
import { implicitPolicies, type ImplicitPolicy } from './implicit-policies';
import type { Provision } from './read-provision';
import { toStatement, type Axes } from './statement';

/**
 * What a Consent agrees to with its policy: where the provision says nothing, an implicit policy of IHE PCF does. A denial of a policy that
 * permits stands for itself.
 * @throws {FhirConsentError}
 */
export function withPolicy(root: Provision, policy: ImplicitPolicy | undefined): Provision {
  if (policy === undefined) return root;
  const { decision: _, ...said } = implicitPolicies[policy].exceptions[0];
  if (policy === 'basic-normal' || policy === 'all-normal') {
    return root.decision === 'deny' ? root : { ...root, statement: { ...toStatement(said), ...root.statement } };
  }
  if (root.decision === 'permit') throw unsupported(`${root.path}.type`, 'permits under a policy that denies.');
  return root.exceptions.length > 0 ? root : { ...root, exceptions: [exceptionOf(root, policy, said)] };
}

function exceptionOf(root: Provision, policy: ImplicitPolicy, said: Axes): Provision {
  const [{ decision }] = implicitPolicies[policy].exceptions;
  return { path: root.path, decision, period: undefined, actors: undefined, statement: toStatement(said), exceptions: [] };
}
