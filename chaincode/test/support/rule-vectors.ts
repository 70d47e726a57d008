import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConsentDocument, type ConsentSet } from '../../src/model/consent-document';
import { parseRecordDetails } from '../../src/model/record-details';
import { parseRequestingPerson } from '../../src/model/requesting-person';
import type { AccessDecision, AccessQuestion } from '../../src/model/rule/decide-access';

/** A question to the consent rule, as far as it differs from its file's defaults, with the answer that the text of the rule gives. */
export interface Vector {
  readonly name: string;
  readonly reason: string;
  readonly obligations?: readonly string[];
  readonly sets: readonly ConsentSet[] | null;
  readonly [input: string]: unknown;
}
interface Vectors {
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly vectors: readonly Vector[];
}

const read = (name: string): Vectors => JSON.parse(readFileSync(join(__dirname, '../../src/model/rule', name), 'utf8')) as Vectors;
const { defaults, vectors: ofAxes } = read('axes.vectors.json');
const others = [
  'decide-access.vectors.json',
  'proof.vectors.json',
  'legal-basis.vectors.json',
  'break-glass.vectors.json',
  'assisted.vectors.json',
  'delegates.vectors.json',
].map(read);
/** Those of all files. */
export const vectors = [...others.flatMap((file) => file.vectors.map((vector): Vector => ({ ...file.defaults, ...vector }))), ...ofAxes];
const RELATION = 'R'.repeat(22);
const SALT = 'A'.repeat(22);

/** The documents of vectors and properties are such as can be signed: the parsers take them. */
export function questionOf(vector: Omit<Vector, 'name' | 'reason'>): AccessQuestion {
  const input = { ...defaults, ...vector } as Record<string, unknown>;
  const { kinds, status, validity, purposes, suspended, emergency, now, purpose, emergencyUntil, person, recordId, ...record } = input;
  const { type, category, codes, labels, dates, authors, encounter } = record;
  const { memberRole = 'hospital', legalBases } = input;
  const { roles = { AlphaMSP: 'hospital', ...(memberRole !== null && { BetaMSP: memberRole }) } } = input;
  const document = {
    relationRef: vector['documentRelation'] === undefined ? RELATION : 'S'.repeat(22),
    version: vector['documentVersion'] === undefined ? 1 : 2,
    salt: SALT,
    sets: vector.sets,
  };
  return {
    relation: { custodian: 'AlphaMSP', counterparty: 'BetaMSP', kinds, ...(input['assisted'] === true && { assisted: true }) },
    assistance: input['assistance'] ?? undefined,
    consent: { relationRef: RELATION, version: 1, status, validity },
    document: vector.sets === null ? undefined : parseConsentDocument(document, 'document'),
    rules: { version: 3, purposes, suspended, roles, emergency: emergency ?? undefined, ...(legalBases !== undefined && { legalBases }) },
    patient: input['held'] === true ? { hold: { at: now, recovery: null } } : {},
    proof: proofOf(input),
    now,
    purpose,
    emergencyUntil: emergencyUntil ?? undefined,
    person: parseRequestingPerson(person, 'person'),
    ...(input['isDeceased'] !== undefined && { isDeceased: input['isDeceased'] }),
    ...(input['withheld'] !== undefined && { withheld: input['withheld'] }),
    record: { ...parseRecordDetails({ type, category, codes, labels, dates, authors, encounter }, 'details'), recordId },
  } as unknown as AccessQuestion;
}

/** A proof in a vector says what is different from the file's standing referral, claim or study; null: the ledger has none. */
function proofOf(input: Record<string, unknown>): unknown {
  const proof = input['proof'] as { kind: 'referral' | 'claim' | 'study' } | undefined;
  if (proof === undefined) return null;
  const different = (proof as Record<string, unknown>)[proof.kind];
  return { ...proof, [proof.kind]: different === null ? undefined : { ...(input[proof.kind] as object), ...(different as object) } };
}

/** The whole answer to a vector. */
export const answerOf = ({ reason, obligations = [] }: Pick<Vector, 'reason' | 'obligations'>): AccessDecision =>
  ({
    decision: ['permitted', 'legal-basis', 'break-glass'].includes(reason) ? 'permit' : 'deny',
    reason,
    consentVersion: 1,
    rulesVersion: 3,
    obligations,
  }) as AccessDecision;
