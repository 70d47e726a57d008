import {
  consentDocumentPreimage,
  consentDocumentRef,
  decideByConsent,
  formatInstant,
  parseConsentDocument,
  parseJson,
  parseRecordDetails,
  type ConsentQuestion,
  type AccessReason,
  type ConsentDocument,
  type ConsentEntry,
  type Decision,
  type Ending,
  type RelationEntry,
  type RequestingPerson,
  type Rules,
} from '@medaccord/chaincode/model';
import { assertOpens } from '../crypto';
import { listParts, openPart, readDecided, type DeliveredOptions } from './delivered';

/** By what a consent that is in force can deny what an earlier version permitted. */
const narrowing: readonly AccessReason[] = ['no-permit', 'denied', 'label-needs-explicit-permit', 'document-missing', 'not-yet-valid'];
const nobody: RequestingPerson = { department: null, role: null, person: null, teams: null };

/**
 * Runs the rule on the newest version of the consent over all that was delivered: a copy stays only if every record of it is permitted.
 * `waiting` as long as the document of that version has not arrived and there is time; without it nothing is permitted. What is withheld from
 * a delegate who signed it the custodian alone knows: on that, what the patient permitted before stands.
 */
export async function findNarrowing(
  options: DeliveredOptions,
  decision: Decision,
  { mayWait }: { readonly mayWait: boolean },
): Promise<Ending | undefined | 'waiting'> {
  const basis = findBasis(options, decision);
  if (basis === undefined || decision.basis !== 'consent') return undefined;
  const document = await readDocument(options, basis.consent);
  if (document === undefined && mayWait) return 'waiting';
  const { person } = await readDecided(options, decision);
  const question = { ...basis, document, now: formatInstant(Date.now()), purpose: decision.purpose, person: person ?? nobody };
  const isPermitted = await areAllPermitted(options, decision, question);
  return isPermitted ? undefined : { reason: 'narrowed', consentVersion: basis.consent.version };
}

type Basis = Pick<ConsentQuestion, 'relation' | 'rules'> & { readonly consent: ConsentEntry };

/** Nothing when the consent is the one that was decided on. What others wrote over it permits nothing, but is no word of the patient. */
function findBasis({ facts }: DeliveredOptions, { relationRef, consentVersion }: Decision): Basis | undefined {
  const relation = facts.find<RelationEntry>('relation', relationRef)?.value;
  const rules = facts.find<Rules>('rules')?.value;
  const current = facts.findConsent(relationRef);
  const consent = current?.signed.value;
  if (relation === undefined || rules === undefined || consent === undefined) return undefined;
  return consent.version === current?.newest && consent.version !== consentVersion ? { relation, rules, consent } : undefined;
}

async function readDocument(
  { sealed }: DeliveredOptions,
  { relationRef, version, document }: ConsentEntry,
): Promise<ConsentDocument | undefined> {
  const text = await sealed.openText(consentDocumentRef(relationRef, version));
  if (text === undefined || document === null) return undefined;
  const parsed = parseJson(parseConsentDocument, text, 'document');
  await assertOpens(document, consentDocumentPreimage(parsed));
  return parsed;
}

async function areAllPermitted(options: DeliveredOptions, decision: Decision, question: Omit<ConsentQuestion, 'record'>): Promise<boolean> {
  for (const part of listParts(options, decision)) {
    for (const { recordId, details } of await openPart(options, part)) {
      const record = { ...parseJson(parseRecordDetails, details, 'details'), recordId };
      if (narrowing.includes(decideByConsent({ ...question, record }))) return false;
    }
  }
  return true;
}
