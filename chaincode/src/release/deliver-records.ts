import {
  findReasonAgainst,
  findReasonAgainstBasis,
  newError,
  RequestInvalid,
  type Assistance,
  type ConsentHeader,
  type Decision,
  type Delivery,
  type Digest,
  type Instant,
  type MspId,
  type ProofFacts,
  type RelationEntry,
  type Rules,
  type TransactionRequest,
} from '../model';

/** What a delivery rests on: what its decision rested on, read again. */
export interface DeliveryFacts {
  readonly relation: RelationEntry;
  readonly decision: Decision;
  readonly consent: ConsentHeader;
  readonly assistance: Assistance | undefined;
  readonly rules: Rules;
  readonly proof: ProofFacts | null;
  readonly standing: Delivery | undefined;
}

/**
 * The entry of one delivered part; the standing one when it is of the same envelope. A consent or proof that ended meanwhile, a suspended
 * member or a passed deadline withdraw the decision.
 *
 * @throws CALLER_NOT_CUSTODIAN, DECISION_NOT_RELEASED, DECISION_EXPIRED, DELIVERY_ALREADY_MADE, RELEASE_NOT_PERMITTED
 */
export function deliverRecords(
  request: TransactionRequest<'DeliverRecords'>,
  facts: DeliveryFacts,
  { caller, envelope, at }: { caller: MspId; envelope: Digest; at: Instant },
): Delivery {
  const { relationRef, requestId, part, parts } = request;
  const { relation, decision, standing } = facts;
  if (caller !== relation.custodian) throw newError('CALLER_NOT_CUSTODIAN', { custodian: relation.custodian });
  if (decision.outcome !== 'released') throw newError('DECISION_NOT_RELEASED', { relationRef, requestId });
  if (part > parts || parts > decision.count)
    throw new RequestInvalid('request.part', 'one of the parts, of which there are no more than records');
  if (standing !== undefined) {
    if (standing.envelope !== envelope || standing.parts !== parts)
      throw newError('DELIVERY_ALREADY_MADE', { relationRef, requestId, part });
    return standing;
  }
  assertInForce(facts, at);
  return { relationRef, requester: decision.requester, requestId, part, parts, envelope, at };
}

/** Asks the deadline, and the rule what it can say without the document: whether the consent, the proof of the purpose and the members still stand. */
function assertInForce({ relation, consent, assistance, rules, proof, decision }: DeliveryFacts, now: Instant): void {
  const { relationRef, requestId, deadline, purpose } = decision;
  if (deadline === null || deadline < now) throw newError('DECISION_EXPIRED', { relationRef, requestId, deadline: deadline ?? now });
  const question = { relation, consent, assistance, rules, now, purpose, proof, emergencyUntil: decision.breakGlass?.until };
  const reason = decision.basis === 'legal-basis' ? findReasonAgainstBasis(question) : findReasonAgainst(question);
  if (reason !== undefined) throw newError('RELEASE_NOT_PERMITTED', { reason, at: 0 });
}
