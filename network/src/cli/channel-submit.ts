import { newAdminSigner, readCurrentConfiguration, readSignatureFile, submitUpdate, type SignedUpdate } from '../channel';
import type { Organisation } from '../topology';
import { actorsOf, type ChannelCall } from './channel-options';
import { wordOf } from './command';
import { formatSignedUpdate } from './channel-show';
import { EXIT } from './exit-codes';
import { formatDuration } from './human-reporter';

/** `channel submit FILE`: has a change that enough members have signed ordered, and waits until it has its effect. */
export async function submitChannelFile(call: ChannelCall): Promise<number> {
  const signed = readSignatureFile(wordOf(call.words, 'channel submit', 'file'));
  const [submitter] = actorsOf(call);
  if (submitter === undefined) throw new Error('There is always somebody who acts');
  if (!call.values.json) call.reporter.note(formatSignedUpdate(signed, call.topology).join('\n'));
  return submitAndTell({ step: 'channel submit', call, submitter, next: undefined }, signed);
}

interface SubmitContext {
  readonly step: string;
  readonly call: ChannelCall;
  /** Whose admin hands it in, and whose peer is watched. */
  readonly submitter: Organisation;
  /** What is to be done then. */
  readonly next: string | undefined;
}

export async function submitAndTell({ step, call, submitter, next }: SubmitContext, signed: SignedUpdate): Promise<number> {
  const { channel, organisations } = call.topology;
  const since = Date.now();
  const readCurrent = (): ReturnType<typeof readCurrentConfiguration> => readCurrentConfiguration(submitter, channel);
  const { configuration, block } = await submitUpdate(signed, { signer: newAdminSigner(submitter), readCurrent, organisations });
  const ms = Date.now() - since;
  const done = `Done in ${formatDuration(ms)}: configuration ${String(configuration.sequence)} of ${channel}, block ${String(block)}.`;
  call.reporter.result(step, [done, ...(next === undefined ? [] : [next])].join('\n'), {
    changed: true,
    channel,
    sequence: configuration.sequence,
    block,
    ms,
    ...(next === undefined ? {} : { next }),
  });
  return EXIT.done;
}
