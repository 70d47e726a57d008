import { RequestInvalid, unitPreimage, type AccessRequest, type Ask, type Instant } from '../model';
import { assertOpening } from '../signature';

/**
 * The end of the time box of a request that declares an emergency: its ask states one, and its unit is the department of the person who asks.
 * Undefined for another request.
 *
 * @throws RequestInvalid, COMMITMENT_MISMATCH
 */
export function openDeclaration({ breakGlass }: AccessRequest, { emergency, person }: Ask): Instant | undefined {
  if (breakGlass === undefined) return undefined;
  if (emergency === undefined) throw new RequestInvalid('input.ask', 'one that declares the emergency of its request');
  assertOpening(breakGlass.unit, unitPreimage(person.department, emergency.unitSalt), 'unit');
  return breakGlass.until;
}
