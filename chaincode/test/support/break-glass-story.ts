import {
  askPreimage,
  formatCanonical,
  unitPreimage,
  type Ask,
  type ConsentDocument,
  type DisclosureReceipt,
  type MspId,
  type Purpose,
  type RequestId,
  type TransactionResponse,
  type TransientInput,
} from '../../src/model';
import { askOf, CLINIC, openingOf, type Consortium, type TestRecord } from './story';
import { commit, newRef, sha256, type PatientRelation } from './wallet';

export interface Declaration {
  readonly department?: string | null;
  readonly purpose?: Purpose;
  readonly by?: MspId;
  readonly categories?: Ask['categories'];
}

/** The ask of an emergency: one unit for a department. */
export function emergencyAskOf(
  relation: PatientRelation,
  { department = 'emergency', purpose = 'ETREAT', categories }: Declaration = {},
): Ask {
  const asked = askOf(relation);
  const ask = { ...asked, categories: categories ?? asked.categories };
  const unitSalt = Buffer.from(sha256(formatCanonical(department)), 'base64url')
    .subarray(0, 16)
    .toString('base64url') as Ask['salt'];
  const emergency = { reason: 'unconscious', statement: 'Found unconscious at home', unitSalt } as const;
  return { ...ask, purpose, person: { ...ask.person, department }, emergency };
}

/** The pseudonym that an ask's department has. */
export const unitOf = ({ emergency, person }: Ask): ReturnType<typeof commit> =>
  commit(unitPreimage(person.department, emergency?.unitSalt ?? ('' as never)));

/** Declares an emergency in a relation. */
export async function declare(
  twin: Consortium,
  relation: PatientRelation,
  declaration: Declaration = {},
): Promise<TransactionResponse<'RequestAccess'>['request']> {
  const ask = emergencyAskOf(relation, declaration);
  const request = {
    relationRef: relation.relationRef,
    requestId: newRef<RequestId>(),
    purpose: ask.purpose,
    proof: null,
    ask: commit(askPreimage(ask)),
    unit: unitOf(ask),
  };
  return (await twin.submit(await twin.identity(declaration.by ?? CLINIC, 'physician'), 'RequestAccess', request)).request;
}

/** What opens a declared emergency; `arrived` is false where the document that the consent commits to never reached the custodian. */
export function emergencyOpeningOf(
  relation: PatientRelation,
  document: ConsentDocument,
  records: readonly TestRecord[],
  of: TransactionResponse<'RequestAccess'>['request'],
  { arrived = true, change, ...declaration }: Declaration & { arrived?: boolean; change?: Partial<DisclosureReceipt> } = {},
): TransientInput<'DecideRelease'> {
  const { document: text, ...opening } = openingOf(relation, document, records, of, change && { change });
  return { ...opening, ...(arrived && { document: text }), ask: formatCanonical(emergencyAskOf(relation, declaration)) };
}
