import { readConcepts } from './coding';
import { Element } from './element';
import { FhirConsentError, invalid, unsupported } from './fhir-consent-error';
import { readDateTime } from './fhir-period';
import type { FhirContext, FhirDelegate, ReadConsent } from './fhir-context';
import { findPolicy } from './implicit-policies';
import { Contained } from './read-actors';
import { readProvision, type Provision } from './read-provision';
import { readReference, type Identifier, type Resolve } from './reference';
import { ACT_CODE, CONSENT_RULE, CONSENT_SCOPE, delegationSystem, LOINC, MEMBER, PATIENT } from './systems';

/** A Consent with its frame checked. */
export interface ReadResource {
  readonly path: string;
  readonly status: ReadConsent['status'];
  readonly patient: FhirContext['patients'][number];
  /** The URI of the policy that it agrees to. */
  readonly policy: string;
  readonly provision: Provision;
}

const statuses = { active: 'in-force', inactive: 'revoked' } as const;

/** Categories that mean a consent to share data, and nothing else. */
const categories: readonly (readonly [string, readonly string[]])[] = [
  [LOINC, ['59284-0', '57016-8', '64292-6']],
  [ACT_CODE, ['IDSCL', 'INFA']],
];

/** @throws {FhirConsentError} */
export function readResource(value: unknown, path: string, context: FhirContext): ReadResource {
  const element = new Element(value, path);
  if (element.text('resourceType') !== 'Consent') throw invalid(element.at('resourceType'), 'must be Consent.');
  // What names, presents and proves it decides nothing: what she signs is the document.
  element.pass('id', 'meta', 'language', 'text', 'identifier', 'sourceAttachment', 'sourceReference');
  const resolve = context.resolve ?? (() => undefined);
  const contained = new Contained(element.value('contained'), element.at('contained'));
  const status = readStatus(element);
  readKind(element);
  const dateTime = element.text('dateTime');
  if (dateTime !== undefined) readDateTime(dateTime, element.at('dateTime'));
  const patient = readPatient(element, context, resolve);
  const policy = readPolicy(element, context.policies ?? []);
  const provision = readProvision(element.required('provision'), { contained, resolve });
  contained.end();
  element.end();
  return { path, status, patient, policy, provision };
}

function readStatus(element: Element): ReadConsent['status'] {
  const status = element.requiredText('status');
  if (!Object.hasOwn(statuses, status))
    throw new FhirConsentError('FHIR_CONSENT_NOT_IN_FORCE', element.at('status'), 'must be active, or inactive to revoke.');
  return statuses[status as keyof typeof statuses];
}

function readKind(element: Element): void {
  const scope = element.required('scope');
  for (const { system, code } of readConcepts([scope])) {
    if (system !== CONSENT_SCOPE || code !== 'patient-privacy') throw unsupported(scope.path, 'must be patient-privacy.');
  }
  const kinds = readConcepts(element.elements('category'));
  if (kinds.length === 0) throw invalid(element.at('category'), 'is required.');
  for (const { system, code, path } of kinds) {
    if (!categories.some(([known, codes]) => known === system && codes.includes(code)))
      throw unsupported(path, 'is not a consent to share data.');
  }
}

/** The patient at one custodian. */
function readPatient(element: Element, { patients, by }: FhirContext, resolve: Resolve): ReadResource['patient'] {
  const subject = element.required('patient');
  const { system, value } = readParty(subject, resolve);
  const [custodian, ...more] = element.elements('organization').map((one) => [one.path, readParty(one, resolve)] as const);
  if (custodian === undefined) throw invalid(element.at('organization'), 'is required: it holds the data.');
  if (more[0] !== undefined) throw unsupported(more[0][0], 'must be in a Consent of its own: one organisation holds the data.');
  const patient = patients.find((one) => one.subjectRef === value && one.custodian === custodian[1].value);
  if (patient === undefined || system !== PATIENT || custodian[1].system !== MEMBER) {
    throw new FhirConsentError('FHIR_CONSENT_OF_OTHERS', subject.path, 'is not the patient of this wallet at that organisation.');
  }
  assertPerformers(element, { system, value }, by, resolve);
  return patient;
}

/** Who consents is who is to sign: the patient herself, or the delegate. */
function assertPerformers(element: Element, patient: Identifier, by: FhirDelegate | undefined, resolve: Resolve): void {
  const performers = element.elements('performer');
  const signer = by === undefined ? patient : { system: delegationSystem(by.relationRef), value: String(by.delegation) };
  for (const performer of performers) {
    const { system, value } = readParty(performer, resolve);
    if (system !== signer.system || value !== signer.value)
      throw unsupported(performer.path, by === undefined ? 'must be the patient herself.' : 'must be the delegate who signs.');
  }
  if (by !== undefined && performers.length === 0) throw invalid(element.at('performer'), 'is required where a delegate signs.');
}

function readParty(element: Element, resolve: Resolve): Identifier {
  const target = readReference(element, resolve);
  if ('contained' in target) throw unsupported(element.path, 'must be an identifier.');
  return target;
}

function readPolicy(element: Element, agreed: readonly string[]): string {
  const [policy, ...more] = element.elements('policy');
  if (policy === undefined) throw invalid(element.at('policy'), 'is required.');
  if (more[0] !== undefined) throw unsupported(more[0].path, 'is a second policy.');
  const uri = policy.requiredText('uri');
  policy.end();
  if (uri !== CONSENT_RULE && findPolicy(uri) === undefined && !agreed.includes(uri)) {
    throw unsupported(policy.at('uri'), 'is a policy whose text is not known here.');
  }
  return uri;
}
