import type { Group, GroupId, Instant, MspId } from '../model';
import { GroupNotOpen } from './record-errors';

/** How a group ends. */
export interface GroupEnd {
  readonly groupId: GroupId;
  readonly status: Group['status'];
  readonly size: number;
}

/**
 * The entry of a group that ends, or the standing one when it ended so already.
 *
 * @throws GroupNotOpen
 */
export function endGroup(end: GroupEnd, standing: Group | undefined, custodian: MspId, at: Instant): Group {
  if (standing === undefined) return { ...end, custodian, at };
  if (standing.status !== end.status || standing.size !== end.size) throw new GroupNotOpen(end.groupId, standing.status);
  return standing;
}
