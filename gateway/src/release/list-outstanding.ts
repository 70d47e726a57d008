import {
  decisionKey,
  deletionKey,
  formatInstant,
  redisclosureRef,
  type Decision,
  type Ending,
  type MspId,
  type Redisclosure,
  type RelationRef,
  type RequestId,
} from '@medaccord/chaincode/model';
import { findEndingOf } from '../store';
import type { DeliveredOptions } from './delivered';
import type { RedisclosureOpening } from './openings';

/** A copy that this organisation has to delete, or has to have deleted by whom it passed it on to. */
export interface Outstanding extends Ending {
  readonly relationRef: string;
  readonly requestId: string;
  /** Null for the organisation's own copy. */
  readonly redisclosureId: string | null;
  /** Whom it was passed on to; null for the own copy. */
  readonly recipient: string | null;
}

/** What is due and not done, the own copies first. */
export async function listOutstanding(options: DeliveredOptions): Promise<readonly Outstanding[]> {
  const { facts, mspId } = options;
  const now = formatInstant(Date.now());
  const own = facts.held.listSuperseded(now).flatMap(({ relationRef, requester, requestId }): Outstanding[] => {
    const decision = facts.findKey<Decision>(decisionKey(relationRef, requester, requestId))?.value;
    const ending = decision && findEndingOf(facts, decision, now);
    if (ending === undefined) return [];
    return [{ relationRef, requestId, redisclosureId: null, recipient: null, ...ending }];
  });
  const made = facts.listType<Redisclosure>('redisclosure').filter(({ value }) => value.requester === mspId);
  const passedOn = await Promise.all(made.map(({ value }) => describe(options, value)));
  return [...own, ...passedOn.filter((one) => one !== undefined)];
}

async function describe({ facts, sealed, mspId }: DeliveredOptions, redisclosure: Redisclosure): Promise<Outstanding | undefined> {
  const { relationRef, requestId, redisclosureId } = redisclosure;
  const name: [RelationRef, MspId, RequestId] = [relationRef, mspId, requestId];
  const decision = facts.findKey<Decision>(decisionKey(...name))?.value;
  const ending = decision && findEndingOf(facts, decision, formatInstant(Date.now()));
  if (ending === undefined || facts.findKey(deletionKey(...name, redisclosureId)) !== undefined) return undefined;
  const text = await sealed.openText(redisclosureRef(relationRef, redisclosureId));
  const recipient = text === undefined ? null : (JSON.parse(text) as RedisclosureOpening).recipient;
  const { reason, consentVersion } = ending;
  return { relationRef, requestId, redisclosureId, recipient, reason, consentVersion };
}
