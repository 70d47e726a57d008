import { setTimeout as pause } from 'node:timers/promises';
import { ordinaryCategories } from '@medaccord/chaincode/model';
import type { Answers } from './answers';
import type { Member } from './cast';
import { assertHolds, StoryError } from './story-error';
import type { MadeRequest, Plot, Stage } from './step';

const WAIT_SECONDS = 20;
const PATIENCE_MS = 60_000;
/** What a gateway says of a relation that has not reached it. */
const early = ['RELATION_UNKNOWN', 'BINDING_MISSING'];

/**
 * A physician of a member asks for all ordinary categories of the patient's records, to treat her, and waits for the answer.
 * @throws {StoryError} ACCESS_NOT_DECIDED when none comes
 */
export async function requestAccess(stage: Stage, { relationRef }: Plot, member: Member): Promise<MadeRequest> {
  const client = stage.clientOf(member);
  const options = { token: await stage.tokenOf(member, 'physician'), waitSeconds: WAIT_SECONDS };
  const wish = { relationRef, purpose: 'TREAT', categories: ordinaryCategories };
  const until = Date.now() + PATIENCE_MS;
  let answer = await untilKnown(() => client.post<Answers['access']>('/api/access-requests', wish, options));
  while (isOpen(answer) && Date.now() < until) {
    answer = await client.get<Answers['access']>(`/api/access-requests/${answer.requestId}`, options);
  }
  return toMadeRequest(answer, member);
}

/** A refusal that must be one. */
export function assertRefused(made: MadeRequest): void {
  assertHolds(made.outcome === 'refused' && made.refusalCode !== undefined, `request ${made.requestId} is refused, with a code`);
}

/** A gateway may learn of a relation a block later than its neighbour, and whose it is a moment after that. */
export async function untilKnown<T>(ask: () => Promise<T>, patienceMs = 10_000): Promise<T> {
  const until = Date.now() + patienceMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof StoryError) || !early.includes(error.code) || Date.now() > until) throw error;
      await pause(100);
    }
  }
}

function toMadeRequest({ requestId, transactionId, status, refusal, decision }: Answers['access'], { mspId }: Member): MadeRequest {
  if (status !== 'released' && status !== 'refused') {
    throw new StoryError('ACCESS_NOT_DECIDED', `Request ${requestId} has no final answer; it is ${status}.`, {
      hint: "The release agent runs in the custodian's gateway: see its log. Running the story again makes a new request.",
    });
  }
  const transactions = [...new Set([transactionId, ...(decision === undefined ? [] : [decision.transactionId])])];
  const consentVersion = decision?.consentVersion ?? null;
  return { requestId, mspId, outcome: status, transactions, consentVersion, refusalCode: refusal?.code };
}

function isOpen({ status }: Answers['access']): boolean {
  return status === 'pending' || status === 'decided';
}
