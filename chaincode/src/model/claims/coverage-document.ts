import { flag, object, oneOf, type Parsed } from '../encoding/parser';
import { parseCoverageId, parseRelationRef, parseSalt } from '../identifiers';
import { parseDays } from './day';
import { parsePartId } from './services';

/**
 * The terms of a coverage in one relation (FHIR R4 Coverage): what the patient signs, sealed to hospital and insurer. Which plan she has is
 * nobody else's business.
 */
export const parseCoverageDocument = object({
  relationRef: parseRelationRef,
  coverageId: parseCoverageId,
  planId: parsePartId,
  period: parseDays,
  /** Coordination of benefits (Coverage.order): whether this insurer pays first. */
  order: oneOf(['primary', 'secondary']),
  /** Whether the hospital of the relation belongs to the plan's network. */
  isInNetwork: flag,
  salt: parseSalt,
});
export type CoverageDocument = Parsed<typeof parseCoverageDocument>;
