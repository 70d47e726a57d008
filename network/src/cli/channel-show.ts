import { describeChannel, describeProgress, describeUpdate, judgeSignatures, readSignatureFile, type SignedUpdate } from '../channel';
import type { Topology } from '../topology';
import { findBlock, tellBlock } from './channel-first-block';
import { nameOrganisations, readChannel, type ChannelCall } from './channel-options';
import { EXIT } from './exit-codes';
import { UsageError } from './usage-error';

/** `channel show`: the configuration that the channel has; `channel show FILE`: a change on its way, with its signatures, or what a block says. */
export async function showChannel(call: ChannelCall): Promise<number> {
  const [file, ...more] = call.words;
  if (more.length > 0) throw new UsageError('channel show takes one file, or nothing.');
  const shown = file === undefined ? undefined : findBlock(file);
  if (shown !== undefined) {
    tellBlock('channel show', call, shown, { head: '', facts: { file } });
    return EXIT.done;
  }
  if (file !== undefined) {
    tellSignedUpdate('channel show', call, readSignatureFile(file), { head: `What ${file} would change:`, facts: { file } });
    return EXIT.done;
  }
  const { configuration, block, reader } = await readChannel(call);
  const lines = describeChannel(configuration);
  const { channel, sequence } = configuration;
  call.reporter.result('channel show', nameOrganisations(lines, call.topology).join('\n'), {
    channel,
    sequence,
    block,
    reader: reader.name,
    lines,
  });
  return EXIT.done;
}

/** Tells what an update changes, who must sign, and who has. */
export function tellSignedUpdate(
  step: string,
  { reporter, topology }: ChannelCall,
  signed: SignedUpdate,
  { head, facts }: { readonly head: string; readonly facts: Readonly<Record<string, unknown>> },
): void {
  reporter.result(step, [...formatSignedUpdate(signed, topology), head].join('\n'), { ...facts, ...factsOf(signed) });
}

export function formatSignedUpdate(signed: SignedUpdate, topology: Topology): readonly string[] {
  const { base } = signed.update;
  const requirements = judgeSignatures(signed);
  return [
    `Channel ${base.channel}, change of configuration ${String(base.sequence)}:`,
    ...nameOrganisations(describeUpdate(signed.update), topology).map((line) => `  ${line}`),
    'Who must sign:',
    ...requirements.flatMap((each) => [
      `  ${each.reference}: ${nameOrganisations([each.words], topology).join('')}`,
      `    ${nameOrganisations([describeProgress(each)], topology).join('')}`,
    ]),
  ];
}

/** The same for programs. */
export function factsOf(signed: SignedUpdate): Readonly<Record<string, unknown>> {
  const requirements = judgeSignatures(signed);
  return {
    channel: signed.update.base.channel,
    sequence: signed.update.base.sequence,
    summary: describeUpdate(signed.update),
    policies: requirements.map((each) => ({
      reference: each.reference,
      words: each.words,
      satisfied: each.satisfied,
      progress: describeProgress(each),
    })),
    signedBy: signed.signatures.map(({ mspId }) => mspId),
  };
}
