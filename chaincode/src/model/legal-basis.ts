import { list, object, type Parsed } from './encoding/parser';
import { parseCategories } from './category';
import { parseConfidentiality } from './confidentiality';
import { parsePurpose } from './purpose';
import { parseMemberRoles } from './role';

/**
 * What the law lets members of these roles have without a consent, such as mandated reports to a public health authority: records of these
 * categories, at most so confidential, for this purpose and those below it.
 */
const parseLegalBasis = object({
  purpose: parsePurpose,
  roles: parseMemberRoles,
  categories: parseCategories,
  confidentiality: parseConfidentiality,
});
export type LegalBasis = Parsed<typeof parseLegalBasis>;
export const parseLegalBases = list(parseLegalBasis, 0, 100);
