import type { ConsentSet } from '@medaccord/chaincode/model';

/**
 * The implicit policies of IHE Privacy Consent on FHIR (volume 1, 1:53.2.1) as a patient signs them. Each says what it needs by itself: the
 * consent rule denies whatever nobody permits.
 */
export const implicitPolicies = {
  /** Whoever treats her, data that are not more confidential than normal. */
  'basic-normal': { base: 'deny', exceptions: [{ decision: 'permit', purposes: ['TREAT'], confidentiality: 'N' }] },
  /** Every purpose that the consortium allows, data that are not more confidential than normal. */
  'all-normal': { base: 'deny', exceptions: [{ decision: 'permit', confidentiality: 'N' }] },
  /** Emergencies only. */
  'break-glass-only': { base: 'deny', exceptions: [{ decision: 'permit', purposes: ['ETREAT'] }] },
  /** Nothing, emergencies included: these are forbidden only where an exception says so. */
  deny: { base: 'deny', exceptions: [{ decision: 'deny', purposes: ['ETREAT'] }] },
} as const satisfies Readonly<Record<string, ConsentSet>>;

export type ImplicitPolicy = keyof typeof implicitPolicies;

export const implicitPolicyNames = Object.keys(implicitPolicies) as ImplicitPolicy[];

const URI = 'https://profiles.ihe.net/ITI/PCF/Policy-';

/** The canonical URI of a policy. */
export function policyUri(name: ImplicitPolicy): string {
  return URI + name;
}

/** The policy of a canonical URI; undefined for any other. */
export function findPolicy(uri: string): ImplicitPolicy | undefined {
  return implicitPolicyNames.find((name) => policyUri(name) === uri);
}
