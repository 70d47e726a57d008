import {
  addMinutes,
  newError,
  RequestInvalid,
  type Actor,
  type ConsentEntry,
  type Instant,
  type Participant,
  type RelationEntry,
  type Rules,
} from '../model';

type Relation = Pick<RelationEntry, 'relationRef' | 'custodian' | 'assisted'>;

/**
 * A new version of a consent, with its witness where one is needed: in an assisted relation, for what permits something. What permits
 * nothing, a revocation or a closing, the card brings through anybody, as every consent.
 *
 * @param person the pseudonym of the person who calls, as the request has it
 * @throws ASSISTED_WITNESS_NEEDED, ASSISTED_TOO_EARLY, RequestInvalid for a witness where none belongs
 */
export function witnessConsent(
  consent: ConsentEntry,
  relation: Relation,
  { by, person }: { readonly by: Participant; readonly person: Actor | undefined },
  { rules, at }: { readonly rules: Rules; readonly at: Instant },
): ConsentEntry {
  const { relationRef, custodian, assisted } = relation;
  if (assisted === undefined || consent.status !== 'in-force') {
    if (person !== undefined) throw new RequestInvalid('request.witness', 'left out: this version needs none');
    return consent;
  }
  if (person === undefined || by.role !== 'registrar' || by.mspId !== custodian)
    throw newError('ASSISTED_WITNESS_NEEDED', { relationRef, custodian });
  const earliest = addMinutes(at, rules.deadlines.assistedHours * 60);
  if (consent.validity === null || consent.validity.from < earliest) throw newError('ASSISTED_TOO_EARLY', { relationRef, earliest });
  return { ...consent, witness: { by, person } };
}
