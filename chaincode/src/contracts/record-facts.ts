import {
  groupKey,
  parseGroup,
  parseRecordAnchor,
  parseRecordStatus,
  recordKey,
  recordStatusKey,
  type Group,
  type MspId,
  type RecordVersion,
} from '../model';
import type { Ledger } from '../ledger';
import type { RecordFacts } from '../release';

/** Anchors and groups as first written: they never change by rule, so what came later, whoever endorsed it, does not count. */
export async function tracedRecordsOf(
  ledger: Ledger,
  records: readonly RecordVersion[],
  custodian: MspId,
): Promise<readonly RecordFacts[]> {
  const groups = new Map<string, Group | undefined>();
  const facts: RecordFacts[] = [];
  for (const { recordId, version } of records) {
    const [anchor] = await ledger.trace(recordKey(custodian, recordId, version), parseRecordAnchor);
    const status = (await ledger.trace(recordStatusKey(custodian, recordId), parseRecordStatus)).at(-1);
    if (anchor?.whole === false && !groups.has(anchor.groupId)) {
      groups.set(anchor.groupId, (await ledger.trace(groupKey(custodian, anchor.groupId), parseGroup))[0]);
    }
    facts.push({ anchor, status, group: anchor === undefined ? undefined : groups.get(anchor.groupId) });
  }
  return facts;
}
