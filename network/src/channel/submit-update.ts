import { setTimeout as delay } from 'node:timers/promises';
import { HEADER_TYPE } from '@medaccord/devnet/blocks';
import { newConfigMessage, type Signer } from '@medaccord/devnet/configuration';
import type { Organisation } from '../topology';
import { writeConfiguration, type ChannelConfiguration } from './channel-configuration';
import { ChannelError } from './channel-error';
import { assertOrderersReady, changesVotes, readOrdererStates } from './check-orderers';
import { broadcast, listOrdererEndpoints, type BroadcastAnswer, type OrdererEndpoint } from './orderer-client';
import type { CurrentConfiguration } from './read-current';
import { describeProgress } from './required-policies';
import { judgeSignatures, writeUpdateEnvelope, type SignedUpdate } from './signature-file';

export interface Submission {
  /** Hands the update in: an admin of any member. */
  readonly signer: Signer;
  /** The newest configuration, as the submitter's own peer has it. */
  readonly readCurrent: () => Promise<CurrentConfiguration>;
  /** Whose orderers can be asked as their administrator, where their keys are here. */
  readonly organisations: readonly Organisation[];
  readonly timeoutMs?: number;
}

/** A leader that has to be replaced first takes seven seconds, and a slow machine longer. */
const TAKES_EFFECT_WITHIN_MS = 60_000;
const LOOKS_EVERY_MS = 100;
const RECOMPUTE = 'Compute the change again against the configuration that is there now, and have it signed again.';

/**
 * Has an update ordered and waits until the submitter's peer has it. Checks first what ordering would refuse, and what it would not: that the
 * channel has not moved on, that the signatures suffice, that the orderers can carry the change.
 * @throws ChannelError CHANNEL_OVERTAKEN, CHANNEL_UNSIGNED, CHANNEL_NODE_NOT_JOINED before anything was sent; CHANNEL_REFUSED,
 * CHANNEL_UNREACHABLE, CHANNEL_OVERTAKEN, CHANNEL_OUTCOME_UNKNOWN after
 */
export async function submitUpdate(signed: SignedUpdate, submission: Submission): Promise<CurrentConfiguration> {
  const { update } = signed;
  assertCurrent(update.base, (await submission.readCurrent()).configuration);
  assertSigned(signed);
  if (changesVotes(update)) assertOrderersReady(update, await readOrdererStates(update, submission));
  const envelope = newConfigMessage(HEADER_TYPE.configUpdate, update.base.channel, writeUpdateEnvelope(signed), submission.signer);
  await hand(listOrdererEndpoints(update.base.root), envelope, async () => {
    assertCurrent(update.base, (await submission.readCurrent()).configuration);
  });
  return untilEffective(signed, submission);
}

/** @throws ChannelError CHANNEL_OVERTAKEN, CHANNEL_FILE_DIFFERS for a configuration that the channel never had */
export function assertCurrent(base: ChannelConfiguration, current: ChannelConfiguration): void {
  if (base.channel !== current.channel)
    throw new ChannelError('CHANNEL_FILE_DIFFERS', `The change is for the channel ${base.channel}, not for ${current.channel}.`, RECOMPUTE);
  if (base.sequence !== current.sequence)
    throw new ChannelError(
      'CHANNEL_OVERTAKEN',
      `The change was computed for configuration ${String(base.sequence)} of ${base.channel}; the channel has number ${String(current.sequence)}.`,
      RECOMPUTE,
    );
  if (Buffer.compare(writeConfiguration(base), writeConfiguration(current)) !== 0)
    throw new ChannelError(
      'CHANNEL_FILE_DIFFERS',
      `The change says of configuration ${String(base.sequence)} of ${base.channel} what is not so.`,
      'Do not sign it. Ask the member that sent it for the file, and compute the change yourself (`--dry-run`) to compare.',
    );
}

/** @throws ChannelError CHANNEL_UNSIGNED with what is missing */
export function assertSigned(signed: SignedUpdate): void {
  const open = judgeSignatures(signed).filter(({ satisfied }) => !satisfied);
  if (open.length === 0) return;
  throw new ChannelError(
    'CHANNEL_UNSIGNED',
    ['The change lacks signatures:', ...open.map((each) => `  ${each.reference} asks for ${each.words}; ${describeProgress(each)}`)].join(
      '\n',
    ),
    'Let the members that are named sign it: `channel sign FILE --organisation NAME`.',
  );
}

/** To all orderers at once, as a peer's gateway does: one that is not the leader would first wait, and one that is faulty may keep it for itself. */
async function hand(orderers: readonly OrdererEndpoint[], envelope: Uint8Array, assertStillCurrent: () => Promise<void>): Promise<void> {
  const answers = await Promise.all(orderers.map(async (endpoint) => ({ endpoint, answer: await broadcast(endpoint, envelope) })));
  if (answers.some(({ answer }) => answer.kind === 'accepted')) return;
  const said = answers.map(({ endpoint, answer }) => `  ${endpoint.mspId} at ${endpoint.address}: ${describeAnswer(answer)}`);
  if (answers.every(({ answer }) => answer.kind === 'silent'))
    throw new ChannelError('CHANNEL_UNREACHABLE', ['No orderer answers:', ...said].join('\n'), 'See whether the orderers run: `status`.');
  await assertStillCurrent();
  throw new ChannelError(
    'CHANNEL_REFUSED',
    ['Ordering refused the change:', ...said].join('\n'),
    'See the reason; the change has no effect.',
  );
}

function describeAnswer(answer: BroadcastAnswer): string {
  if (answer.kind === 'accepted') return 'accepted';
  return answer.kind === 'silent' ? answer.said : `${answer.status}: ${answer.said}`;
}

async function untilEffective({ update }: SignedUpdate, { readCurrent, timeoutMs }: Submission): Promise<CurrentConfiguration> {
  const { channel, sequence } = update.base;
  const deadline = Date.now() + (timeoutMs ?? TAKES_EFFECT_WITHIN_MS);
  for (;;) {
    const current = await readCurrent();
    if (current.update !== undefined && Buffer.compare(current.update, update.bytes) === 0) return current;
    if (current.configuration.sequence === sequence + 1)
      throw new ChannelError('CHANNEL_OVERTAKEN', `Another change of ${channel} was ordered first; this one has no effect.`, RECOMPUTE);
    if (current.configuration.sequence > sequence || Date.now() > deadline)
      throw new ChannelError(
        'CHANNEL_OUTCOME_UNKNOWN',
        `Ordering took the change, and the peer has configuration ${String(current.configuration.sequence)} of ${channel}, which is not it.`,
        'It may have had its effect before, or have it later: look with `channel show` before doing it again.',
      );
    await delay(LOOKS_EVERY_MS);
  }
}
