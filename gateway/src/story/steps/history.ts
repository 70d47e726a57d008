import { openNotice } from '../../wallet';
import type { HistoryEntry, OpenedNotice } from '../answers';
import { readHistory } from '../read-history';
import { assertHolds } from '../story-error';
import type { MadeRequest, Plot, Stage, Step } from '../step';

type Decision = Extract<HistoryEntry, { kind: 'decision' }>;
type Seen = { readonly made: MadeRequest; readonly decision: Decision; readonly reason: string | undefined };

/** The patient reads who asked, when, for which purpose, on which consent and with what result, and compares it with what happened. */
export const history: Step = {
  name: 'history',
  titleOf: () => 'She reads the history of all of it',
  run: async (stage, plot) => {
    const entries = await readHistory(stage, plot, (told) => releasedIn(told).every(isDeleted));
    assertConsentsComplete(entries);
    const released = releasedIn(entries);
    assertHolds(released.length > 0 && released.every(isDeleted), 'what was released is deleted since she revoked');
    assertHolds(
      released.every(({ receipt }) => receipt !== null),
      "every release carries its custodian's signed receipt",
    );
    const seen = await Promise.all(plot.requests.map((made) => findRequest(entries, made, plot)));
    return {
      plot,
      transactions: [],
      findings: { entries: entries.length, requests: seen.map(describe) },
      remarks: [
        ...seen.map((one) => formatSeen(one, stage)),
        `${stage.cast.counterparty.title} deleted its copy of what was released, and signed for it`,
        `${String(entries.length)} entries, none missing; only she can open the reasons`,
      ],
    };
  },
};

function releasedIn(entries: readonly HistoryEntry[]): readonly Decision[] {
  return entries.filter((entry): entry is Decision => entry.kind === 'decision' && entry.outcome === 'released');
}

function isDeleted({ deletion }: Decision): boolean {
  return deletion?.status === 'done';
}

function assertConsentsComplete(entries: readonly HistoryEntry[]): void {
  const versions = entries.flatMap((entry) => (entry.kind === 'consent' ? [`${String(entry.version)} ${entry.status}`] : []));
  assertHolds(versions.join() === '1 in-force,2 in-force,3 revoked', 'the history has every version of the consent');
  assertHolds(entries.filter(({ kind }) => kind === 'relation').length === 1, 'the history has the check-in');
}

async function findRequest(entries: readonly HistoryEntry[], made: MadeRequest, { wallet, relationRef }: Plot): Promise<Seen> {
  const { requestId } = made;
  const request = entries.find((entry) => entry.kind === 'request' && entry.requestId === requestId);
  assertHolds(request?.kind === 'request' && request.by.mspId === made.mspId, `the history tells who made request ${requestId}`);
  const decision = entries.find((entry) => entry.kind === 'decision' && entry.requestId === requestId);
  assertHolds(decision?.kind === 'decision' && decision.outcome === made.outcome, `the history tells how request ${requestId} ended`);
  assertHolds(decision.consentVersion === made.consentVersion, `the history tells which consent decided request ${requestId}`);
  const isDelivered = entries.some((entry) => entry.kind === 'delivery' && entry.requestId === requestId);
  assertHolds(isDelivered === (made.outcome === 'released'), `the history has the delivery of what was released, and no other`);
  if (decision.notice === null) return { made, decision, reason: undefined };
  const { reason } = (await openNotice(wallet, relationRef, requestId, decision.notice)) as OpenedNotice;
  return { made, decision, reason };
}

function describe({ made, decision, reason }: Seen): object {
  const { requestId, mspId, outcome } = made;
  const { at, purpose, consentVersion, records } = decision;
  return { requestId, by: mspId, at, purpose, outcome, consentVersion, records, ...(reason !== undefined && { reason }) };
}

function formatSeen({ made, decision, reason }: Seen, { cast }: Stage): string {
  const who = Object.values(cast).find(({ mspId }) => mspId === made.mspId)?.title ?? made.mspId;
  const consent = decision.consentVersion === null ? 'no consent' : `consent ${String(decision.consentVersion)}`;
  const result = decision.outcome === 'released' ? `released ${String(decision.records)} resources` : 'refused';
  const why = reason === undefined || decision.outcome === 'released' ? '' : ` (${reason})`;
  return `${decision.at.slice(11, 19)}  ${who.padEnd(18)} ${decision.purpose}  ${consent.padEnd(10)}  ${result}${why}`;
}
