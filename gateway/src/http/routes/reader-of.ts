import type { Caller } from '../../auth';
import { newError } from '../../problem';
import type { Reader } from '../../released';

/** A member of staff as the rule looks at them: what the organisation's token attests. @throws CodedError TOKEN_MISSING */
export function readerOf(caller: Caller): Reader {
  if (caller.kind !== 'staff') throw newError('TOKEN_MISSING', 'This needs a staff token');
  const { department, role, subject, teams } = caller;
  return { role, person: { department, role, person: subject, teams } };
}
