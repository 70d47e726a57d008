import { decisionKey, formatInstant, type Decision, type Instant, type MspId, type Proof, type Rules } from '@medaccord/chaincode/model';
import type { Facts } from '../store';

/** Where a request stands, as its organisation may know it. */
export interface RequestStatus {
  readonly requestId: string;
  readonly relationRef: string;
  readonly purpose: string;
  readonly proof: Proof | null;
  readonly at: Instant;
  readonly transactionId: string;
  /** `decided`: released, not delivered yet; `withdrawn`: released, but never delivered any more. */
  readonly status: 'pending' | 'decided' | 'released' | 'refused' | 'withdrawn';
  readonly refusal?: { readonly code: string };
  readonly decision?: {
    readonly transactionId: string;
    readonly consentVersion: number | null;
    readonly rulesVersion: number;
    readonly deadline: Instant | null;
    readonly bound: string | null;
    /** Of a break-glass: the end of its time box, from which on nothing is read. */
    readonly until?: Instant;
    readonly at: Instant;
  };
  /** Number of records released. */
  readonly records?: number;
}

/** `undefined` for a request that this organisation did not make. */
export function findRequestStatus(facts: Facts, mspId: MspId, requestId: string): RequestStatus | undefined {
  const request = facts.findRequest(mspId, requestId);
  if (request?.value.by.mspId !== mspId) return undefined;
  const { relationRef, purpose, proof, at } = request.value;
  const base = { requestId, relationRef, purpose, proof, at, transactionId: request.transactionId };
  const decision = facts.findKey<Decision>(decisionKey(relationRef, mspId, request.value.requestId));
  if (decision === undefined) return { ...base, status: 'pending' };
  const { consentVersion, rulesVersion, deadline, bound, count, code, breakGlass } = decision.value;
  const shown = {
    transactionId: decision.transactionId,
    consentVersion,
    rulesVersion,
    deadline,
    bound,
    ...breakGlass,
    at: decision.value.at,
  };
  if (decision.value.outcome === 'refused')
    return { ...base, status: 'refused', refusal: { code: code ?? 'NOT_PERMITTED' }, decision: shown };
  return { ...base, status: readReleasedStatus(facts, decision.value), decision: shown, records: count };
}

/** Whether nothing about a request will change any more. */
export function isFinal({ status }: RequestStatus): boolean {
  return status !== 'pending' && status !== 'decided';
}

function readReleasedStatus(facts: Facts, decision: Decision): RequestStatus['status'] {
  if (facts.isDelivered(decision)) return 'released';
  const isSuperseded = facts.findConsent(decision.relationRef)?.newest !== decision.consentVersion;
  const suspended = facts.find<Rules>('rules')?.value.suspended ?? [];
  const isSuspended = suspended.includes(decision.custodian) || suspended.includes(decision.requester);
  const isLate = decision.deadline !== null && decision.deadline < formatInstant(Date.now());
  return isSuperseded || isLate || isSuspended ? 'withdrawn' : 'decided';
}
