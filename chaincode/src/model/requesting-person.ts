import { distinct, nullable, object, text, type Parsed } from './encoding/parser';

/** A department, a role, a care team or a person inside an organisation, by the name that it goes by there. */
export const parseLocalName = text(/^[^\u0000-\u001f\u007f-\u009f\ud800-\udfff]{1,128}$/u, 'a name of 1 to 128 characters');

/** Who asks inside an organisation, as that attests it; null where it does not. Never public. */
export const parseRequestingPerson = object({
  department: nullable(parseLocalName),
  role: nullable(parseLocalName),
  person: nullable(parseLocalName),
  teams: nullable(distinct(parseLocalName, 0, 50)),
});
export type RequestingPerson = Parsed<typeof parseRequestingPerson>;
