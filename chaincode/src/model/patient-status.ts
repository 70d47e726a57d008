import { integer, nullable, object, oneOf, RequestInvalid, type Parsed, type Parser } from './encoding/parser';
import { parseMspId, parseSubjectRef } from './identifiers';
import { parseInstant } from './instant';

const parseShape = object({
  subjectRef: parseSubjectRef,
  /** Its place in the patient's chain of statuses. */
  n: integer(1, 1_000_000),
  status: oneOf(['deceased', 'living']),
  /** An authority that signs the same statement: a correction needs one. */
  confirmedBy: nullable(parseMspId),
  submitBy: parseInstant,
  issuedAt: parseInstant,
});
/** That a patient has died, or that this was said in error; signed by her custodian's signing key. The day of her death is not told. */
export type PatientStatus = Parsed<typeof parseShape>;

export const parsePatientStatus: Parser<PatientStatus> = (value, place) => {
  const statement = parseShape(value, place);
  if ((statement.status === 'living') !== (statement.confirmedBy !== null))
    throw new RequestInvalid(`${place}.confirmedBy`, 'an authority for a correction, null for a death');
  return statement;
};
