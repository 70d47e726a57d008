import { HEADER_TYPE } from '../proto/envelopes';
import { agreesOnChaincode, hasOwnEvent, namesNamespacesOnce } from './checks/chaincode-name';
import { hasConfiguration, isForThisChannel, isUnsupported } from './checks/channel';
import { isSignedByCreator } from './checks/creator';
import { isEndorsed } from './checks/endorsement';
import { isEndorserTransaction } from './checks/endorser-transaction';
import { opensEnvelope, opensPayload } from './checks/envelope';
import { hasHeaders } from './checks/headers';
import { namesChaincode, opensExtension, opensResponse, opensResults } from './checks/response';
import { hasComputedId, isNewId } from './checks/transaction-id';
import type { Check, CheckContext, Draft } from './draft';

/** The checks in Fabric's order (devnet.md g.1); the first that refuses decides. */
const EVERY: readonly Check[] = [opensEnvelope, opensPayload, hasHeaders, isSignedByCreator];
const ENDORSER: readonly Check[] = [
  hasComputedId,
  isEndorserTransaction,
  isForThisChannel,
  isNewId,
  opensExtension,
  opensResponse,
  opensResults,
  namesChaincode,
  agreesOnChaincode,
  hasOwnEvent,
  namesNamespacesOnce,
  isEndorsed,
];
const CONFIG: readonly Check[] = [hasConfiguration, isForThisChannel];
const OPENING: readonly Check[] = [opensEnvelope, opensPayload, hasHeaders];
const OPENING_ENDORSER: readonly Check[] = [isEndorserTransaction, opensExtension, opensResponse, opensResults];
const OTHER: readonly Check[] = [isUnsupported];

/** Opens and judges one transaction; what remains are conflicts with those before it. */
export function checkTransaction(draft: Draft, context: CheckContext): void {
  if (!passes(draft, EVERY, context)) return;
  const { type } = draft.header;
  passes(draft, type === HEADER_TYPE.endorserTransaction ? ENDORSER : type === HEADER_TYPE.config ? CONFIG : OTHER, context);
}

/** Opens all parts of a transaction without asking whether it is right; false where one of them cannot be read. */
export function openTransaction(draft: Draft, context: CheckContext): boolean {
  if (!passes(draft, OPENING, context)) return false;
  return draft.header.type !== HEADER_TYPE.endorserTransaction || passes(draft, OPENING_ENDORSER, context);
}

function passes(draft: Draft, checks: readonly Check[], context: CheckContext): boolean {
  for (const check of checks) {
    const refusal = check(draft, context);
    if (refusal === undefined) continue;
    draft.code = refusal.code;
    draft.evidence = refusal.evidence;
    return false;
  }
  return true;
}
