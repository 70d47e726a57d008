import type { ConsentSet, MspId, Period, RelationRef, SubjectRef } from '@medaccord/chaincode/model';
import type { Resolve } from './reference';

/** Who signs for the patient: the holder of a delegation in one relation. */
export interface FhirDelegate {
  readonly relationRef: RelationRef;
  readonly delegation: number;
}

/** What a Consent is read against: whose it may be, and whom it may be for. */
export interface FhirContext {
  readonly patients: readonly { readonly subjectRef: SubjectRef; readonly custodian: MspId }[];
  /** The relations a consent can be signed in: a Consent for everybody is one for these. */
  readonly relations: readonly { readonly subjectRef: SubjectRef; readonly counterparty: MspId }[];
  /** Who is to sign, unless the patient does; `relations` has the one relation of the delegation then. */
  readonly by?: FhirDelegate;
  /** All members. One without a relation may be denied: it has nothing, and nothing is signed for it. */
  readonly members?: readonly MspId[];
  readonly resolve?: Resolve;
  /** URIs of policies that say nothing beyond the provisions. */
  readonly policies?: readonly string[];
}

/** What is to be signed in one relation. One set has the bounds of the consent's validity, several have periods of their own. */
export interface FhirWish {
  readonly counterparty: MspId;
  readonly sets: readonly ConsentSet[];
  readonly validity: Period | null;
}

export interface ReadConsent {
  readonly subjectRef: SubjectRef;
  readonly custodian: MspId;
  /** An inactive Consent revokes what its wishes tell. */
  readonly status: 'in-force' | 'revoked';
  readonly wishes: readonly FhirWish[];
  /** Members that are denied without a relation. */
  readonly unrelated: readonly MspId[];
}

/** The period of an only set is the validity of the consent. */
export function liftPeriod(sets: readonly ConsentSet[]): Pick<FhirWish, 'sets' | 'validity'> {
  const [only, ...more] = sets;
  if (only === undefined || more.length > 0) return { sets, validity: null };
  const { period = null, ...set } = only;
  return { sets: [set], validity: period };
}
