import type { MspId } from '@medaccord/chaincode/model';
import { parseLosslessJson } from '../fhir/json-reader';
import { Element } from './element';
import { expandProvision } from './expand-provision';
import { FhirConsentError, invalid, unsupported } from './fhir-consent-error';
import { liftPeriod, type FhirContext, type FhirWish, type ReadConsent } from './fhir-context';
import { findPolicy } from './implicit-policies';
import type { Provision } from './read-provision';
import { readResource, type ReadResource } from './read-resource';
import { withPolicy } from './with-policy';

/** Reads the JSON text of a Consent, or of a collection of them. @throws {FhirConsentError, FhirError} */
export function parseFhirConsentText(text: string, context: FhirContext): ReadConsent {
  return parseFhirConsent(parseLosslessJson(text), context);
}

/**
 * Reads a FHIR R4 Consent as the documents to be signed, one per relation; a Bundle of type collection as several sets of them.
 * docs/reference/consent-fhir.md says how each element is read.
 * @throws {FhirConsentError} naming the element that cannot be read, or that says what a consent here cannot
 */
export function parseFhirConsent(resource: unknown, context: FhirContext): ReadConsent {
  const consents = listConsents(resource).map(([value, path]) => readResource(value, path, context));
  const [first, ...others] = consents;
  if (first === undefined) throw invalid('Bundle.entry', 'must have a Consent.');
  for (const other of others) assertSameFrame(other, first);
  const { subjectRef, custodian } = first.patient;
  const related = context.relations.filter((relation) => relation.subjectRef === subjectRef).map(({ counterparty }) => counterparty);
  const roots = consents.map(({ provision, policy }) => withPolicy(provision, findPolicy(policy)));
  const unrelated = roots.flatMap((root) => findUnrelated(root, related, context.members ?? []));
  const wishes = related.flatMap((counterparty) => wishFor(counterparty, roots));
  if (wishes.length === 0)
    throw new FhirConsentError('FHIR_CONSENT_RECIPIENT_UNKNOWN', first.provision.path, 'is for nobody that she has a relation with.');
  return { subjectRef, custodian, status: first.status, wishes, unrelated: [...new Set(unrelated)] };
}

function listConsents(resource: unknown): readonly (readonly [unknown, string])[] {
  const type = (resource as { readonly resourceType?: unknown } | null)?.resourceType;
  if (type === 'Consent') return [[resource, 'Consent']];
  if (type !== 'Bundle') throw invalid('resourceType', 'must be Consent, or Bundle for several.');
  const bundle = new Element(resource, 'Bundle');
  bundle.pass('resourceType', 'id', 'meta', 'language', 'identifier', 'timestamp');
  if (bundle.requiredText('type') !== 'collection') throw unsupported('Bundle.type', 'must be collection.');
  const entries = bundle.elements('entry').map((entry) => {
    entry.pass('fullUrl');
    const value = entry.value('resource');
    entry.end();
    return [value, entry.at('resource')] as const;
  });
  bundle.end();
  return entries;
}

function assertSameFrame(other: ReadResource, first: ReadResource): void {
  if (other.patient !== first.patient) throw unsupported(`${other.path}.patient`, 'must be the same in all Consents.');
  if (other.status !== 'in-force' || first.status !== 'in-force')
    throw unsupported(`${other.path}.status`, 'must be active where there are several.');
}

function wishFor(counterparty: MspId, roots: readonly Provision[]): readonly FhirWish[] {
  const sets = roots.flatMap((root) => {
    const set = expandProvision(root, counterparty);
    return set === undefined ? [] : [root.period === undefined ? set : { ...set, period: root.period }];
  });
  return sets.length === 0 ? [] : [{ counterparty, ...liftPeriod(sets) }];
}

/** Members without a relation that the Consent denies. @throws {FhirConsentError} for whom it would permit, or names and nobody knows */
function findUnrelated(root: Provision, related: readonly MspId[], members: readonly MspId[]): readonly MspId[] {
  const isRelated = (mspId: string): boolean => (related as readonly string[]).includes(mspId);
  const around = root.actors?.map(({ mspId }) => mspId);
  return [root, ...root.exceptions].flatMap((provision) =>
    (provision.actors ?? []).flatMap(({ mspId, path }) => {
      if (provision !== root && around?.includes(mspId) === false)
        throw unsupported(path, 'is not among the actors of the provision around it.');
      if (isRelated(mspId)) return [];
      const member = members.find((one) => one === mspId);
      if (provision.decision === 'deny' && member !== undefined) return [member];
      throw new FhirConsentError('FHIR_CONSENT_RECIPIENT_UNKNOWN', path, 'is of an organisation that she has no relation with.');
    }),
  );
}
