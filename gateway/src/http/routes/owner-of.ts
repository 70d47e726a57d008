import type { Caller } from '../../auth';

/** Whose an export or a report is. */
export function ownerOf(caller: Caller): string {
  return caller.kind === 'staff' ? `staff/${caller.subject}` : '';
}
