import { isDeepStrictEqual } from 'node:util';
import { evaluateTransaction, submitTransaction, type PeerConnection } from '../../lifecycle';
import type { Topology } from '../../topology';
import { OperationsError } from '../operations-error';
import { parseRulesDocument, type RulesDocument } from './rules-document';

// What the admin of a member asks of the consortium's chaincode about its rules: the same on either ledger.

/** The version in force. */
export interface RulesInForce {
  readonly document: RulesDocument;
  readonly adoptedAt: string;
}

/** How far a change is. */
export interface RulesApprovals {
  readonly needed: number;
  readonly approvals: readonly { readonly mspId: string; readonly approved: boolean }[];
}

type Place = Pick<Topology, 'channel' | 'chaincode'>;

/** @throws LedgerRefusal */
export async function readRules(client: PeerConnection, place: Place): Promise<RulesInForce> {
  const answer = await evaluateTransaction(client, newRequest(place, 'GetRules', {}));
  const { adoptedAt, ...document } = parseRulesDocument(textOf(answer), 'What the chaincode answered');
  return { document, adoptedAt: typeof adoptedAt === 'string' ? adoptedAt : '' };
}

/** Which members have approved exactly this next version. @throws LedgerRefusal */
export async function readApprovals(client: PeerConnection, place: Place, document: RulesDocument): Promise<RulesApprovals> {
  const answer = await evaluateTransaction(client, newRequest(place, 'GetRulesApprovals', document));
  return JSON.parse(textOf(answer)) as RulesApprovals;
}

/**
 * Approves a next version for the member, which alone endorses it. Gives the transaction's id.
 * @throws LedgerRefusal, OperationsError RULES_OVERTAKEN
 */
export async function approveRules(client: PeerConnection, place: Place, document: RulesDocument): Promise<string> {
  assertNext(document, await readRules(client, place));
  const request = { ...newRequest(place, 'ApproveRules', document), endorsers: [client.mspId] };
  return (await submitTransaction(client, request)).transactionId;
}

/**
 * Puts a next version in force; members that approved it endorse it. Gives the transaction's id, undefined when it was in force before.
 * @throws LedgerRefusal, OperationsError RULES_OVERTAKEN, RULES_UNAPPROVED
 */
export async function adoptRules(client: PeerConnection, place: Place, document: RulesDocument): Promise<string | undefined> {
  const inForce = await readRules(client, place);
  if (isDeepStrictEqual(document, inForce.document)) return undefined;
  assertNext(document, inForce);
  const { needed, approvals } = await readApprovals(client, place, document);
  const approved = approvals.filter((each) => each.approved).map(({ mspId }) => mspId);
  if (approved.length < needed) {
    const missing = `Version ${String(document.version)} has ${String(approved.length)} of ${String(needed)} approvals that it needs`;
    const who = approved.length === 0 ? '' : `: ${approved.join(', ')}`;
    throw new OperationsError('RULES_UNAPPROVED', `${missing}${who}.`, 'Other members `rules approve` the same file. Nothing was sent.');
  }
  const approvedBy = approved.slice(0, needed);
  const request = { ...newRequest(place, 'AdoptRules', { ...document, approvedBy }), endorsers: approvedBy };
  return (await submitTransaction(client, request)).transactionId;
}

/** @throws OperationsError RULES_OVERTAKEN when the document is not the version after the one in force */
export function assertNext({ version }: RulesDocument, { document }: RulesInForce): void {
  if (version === document.version + 1) return;
  const message = `The file is version ${String(version)} of the rules, and version ${String(document.version)} is in force.`;
  throw new OperationsError('RULES_OVERTAKEN', message, 'Propose the change anew (`rules CHANGE`); approvals are of one version alone.');
}

function newRequest(place: Place, transaction: string, argument: object): Parameters<typeof submitTransaction>[1] {
  return { channel: place.channel, chaincode: place.chaincode.name, transaction, arguments: [JSON.stringify(argument)] };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
