import { newError, type Group, type GroupId, type Instant, type MspId } from '../model';

/** How a group ends. */
export interface GroupEnd {
  readonly groupId: GroupId;
  readonly status: Group['status'];
  readonly size: number;
}

/**
 * The entry of a group that ends, or the standing one when it ended so already.
 *
 * @throws GROUP_NOT_OPEN
 */
export function endGroup(end: GroupEnd, standing: Group | undefined, custodian: MspId, at: Instant): Group {
  if (standing === undefined) return { ...end, custodian, at };
  if (standing.status !== end.status || standing.size !== end.size)
    throw newError('GROUP_NOT_OPEN', { groupId: end.groupId, status: standing.status });
  return standing;
}
