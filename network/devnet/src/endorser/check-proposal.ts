import { common } from '@hyperledger/fabric-protos';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import type { Channel } from '../config/channel';
import type { Identity, SignedData } from '../msp/identity';
import { HEADER_TYPE } from '../proto/envelopes';
import { hex } from '../proto/bytes';
import { transactionId } from '../proto/transactions';
import type { Proposal } from './proposal';
import { VerifiedCaller } from './verified-caller';

/** Milliseconds that a client's clock may differ (peer.authentication.timewindow, 15 minutes). */
const TIME_WINDOW_MS = 15 * 60 * 1000;

/**
 * Why a proposal is not even executed. 'filtered': the peer answers with an error and no response, as if it could not be reached;
 * 'rejected': an error with a response, final; 'failed': a response of status 500.
 */
export interface ProposalRefusal {
  readonly outcome: 'filtered' | 'rejected' | 'failed';
  readonly text: string;
}

export interface CheckContext {
  readonly channel: Channel;
  /** Other channels' configurations, for chaincode that calls into them. */
  readonly otherChannel: (channelId: string) => Channel | undefined;
  /** Whether a transaction of that id is in the ledger, with whatever code. */
  readonly isKnown: (txId: string) => boolean;
  readonly now: Date;
}

/** The checks before execution, in Fabric's order (core/handlers/auth/filter, core/endorser/endorser.go, msgvalidation.go). */
export function checkProposal(proposal: Proposal, context: CheckContext): VerifiedCaller | ProposalRefusal {
  return checkFilters(proposal, context) ?? checkChannel(proposal, context) ?? checkHeaders(proposal) ?? checkCaller(proposal, context);
}

function checkFilters(proposal: Proposal, { channel, now }: CheckContext): ProposalRefusal | undefined {
  const identity = typeof proposal.inner === 'string' ? undefined : channel.msps.identify(proposal.inner.signatureHeader.creator);
  if (identity !== undefined && 'expiresAt' in identity && now > identity.expiresAt)
    return { outcome: 'filtered', text: 'proposal client identity expired' };
  const sent = sentAt(proposal);
  if (Math.abs(sent.getTime() - now.getTime()) <= TIME_WINDOW_MS) return undefined;
  const times = `timestamp ${formatTime(sent)}, peer time ${formatTime(now)}, peer.authentication.timewindow 15m0s`;
  return { outcome: 'filtered', text: `request unauthorized due to incorrect ${times}` };
}

/** Without a timestamp: 1970, as in Go. */
function sentAt({ channelHeader }: Proposal): Date {
  const { timestamp } = channelHeader;
  return timestamp === undefined ? new Date(0) : Timestamp.deserializeBinary(timestamp).toDate();
}

/** RFC 3339 in whole seconds. */
function formatTime(time: Date): string {
  return Number.isNaN(time.getTime()) ? 'unknown' : time.toISOString().replace(/\.\d+/, '');
}

function checkChannel({ channelHeader, inner }: Proposal, { channel }: CheckContext): ProposalRefusal | undefined {
  if (typeof inner === 'string') return { outcome: 'rejected', text: inner };
  if (channelHeader.channelId === channel.id) return undefined;
  return { outcome: 'failed', text: `channel '${channelHeader.channelId}' not found` };
}

function checkHeaders({ channelHeader, inner }: Proposal): ProposalRefusal | undefined {
  if (typeof inner === 'string') return { outcome: 'rejected', text: inner };
  const { creator, nonce } = inner.signatureHeader;
  if (channelHeader.type !== HEADER_TYPE.endorserTransaction && channelHeader.type !== HEADER_TYPE.config)
    return invalid(`invalid header type ${headerTypeName(channelHeader.type)}`);
  if (channelHeader.epoch !== 0) return invalid('epoch is non-zero');
  if (nonce.length === 0) return invalid('nonce is empty');
  if (creator.length === 0) return invalid('creator is empty');
  const expected = transactionId(nonce, creator);
  if (channelHeader.txId === expected) return undefined;
  return invalid(`incorrectly computed txid '${channelHeader.txId}' -- expected '${expected}'`);
}

function checkCaller(proposal: Proposal, context: CheckContext): VerifiedCaller | ProposalRefusal {
  const { channel } = context;
  if (typeof proposal.inner === 'string') return { outcome: 'rejected', text: proposal.inner };
  const { creator } = proposal.inner.signatureHeader;
  const identity = channel.msps.identify(creator);
  const denied = `access denied: channel [${channel.id}] creator org`;
  if ('problem' in identity && identity.problem !== 'invalid-certificate') return invalid(`${denied} unknown, creator is malformed`);
  if ('problem' in identity) return invalid(`${denied} [${identity.mspId ?? ''}]`);
  const signed = { identity: creator, message: proposal.signed.getProposalBytes_asU8(), signature: proposal.signed.getSignature_asU8() };
  if (signed.signature.length === 0) return invalid('empty signature bytes');
  if (!identity.verify(signed.message, signed.signature)) return invalid(`${denied} [${identity.mspId}]`);
  return checkRights(proposal, context, identity, signed);
}

function checkRights(
  { channelHeader }: Proposal,
  { channel, otherChannel, isKnown }: CheckContext,
  identity: Identity,
  signed: SignedData,
): VerifiedCaller | ProposalRefusal {
  const { txId } = channelHeader;
  if (isKnown(txId)) return { outcome: 'rejected', text: `duplicate transaction found [${txId}]. Creator [${hex(signed.identity)}]` };
  const caller = new VerifiedCaller(identity, signed, channel, otherChannel);
  const refusal = caller.refusalOf('peer/Propose', channel.id);
  return refusal === undefined ? caller : { outcome: 'rejected', text: refusal };
}

function invalid(text: string): ProposalRefusal {
  return { outcome: 'rejected', text: `error validating proposal: ${text}` };
}

function headerTypeName(type: number): string {
  return Object.entries(common.HeaderType).find(([, value]) => value === type)?.[0] ?? String(type);
}
