import { join } from 'node:path';
import { newChannelUpdate, writeSignatureFile, type ChannelUpdate, type SignedUpdate } from '../channel';
import type { Organisation } from '../topology';
import type { ChannelChange } from './channel-changes';
import { actorsOf, listAble, readChannel, type ChannelCall, type Reading } from './channel-options';
import { formatSignedUpdate, tellSignedUpdate } from './channel-show';
import { signAs } from './channel-sign';
import { submitAndTell } from './channel-submit';
import { EXIT } from './exit-codes';

/**
 * Computes a change against the configuration there is now. `--dry-run` tells it and nothing more; else it becomes a file to sign, signed already
 * with `--organisation`; `--sign-all` signs as every organisation whose key is here, and submits.
 */
export async function changeChannel(verb: string, change: ChannelChange, call: ChannelCall): Promise<number> {
  const about = change.about(call);
  const plan = await change.plan(call);
  const reading = await readChannel(call);
  const changed = await plan(reading.configuration.root);
  const update = newChannelUpdate(reading.configuration, () => changed);
  const step = `channel ${verb}`;
  if (update === undefined) {
    const text = `Nothing to do: the channel has it so already (configuration ${String(reading.configuration.sequence)}).`;
    call.reporter.result(step, text, { changed: false, sequence: reading.configuration.sequence });
    return EXIT.done;
  }
  if (call.values['dry-run']) {
    const head = 'Nothing was written, nothing was sent.';
    tellSignedUpdate(step, call, { update, signatures: [] }, { head, facts: { changed: true, written: false } });
    return EXIT.done;
  }
  const signed = signAs({ update, signatures: [] }, signersOf(call));
  if (call.values['sign-all']) return submitAll({ step, call, change, reading }, signed);
  return write({ step, call }, signed, fileOf(call, update, `${verb}-${about}`));
}

interface Context {
  readonly step: string;
  readonly call: ChannelCall;
}

async function submitAll(
  { step, call, change, reading }: Context & { readonly change: ChannelChange; readonly reading: Reading },
  signed: SignedUpdate,
): Promise<number> {
  if (call.values.output !== undefined) writeSignatureFile(call.values.output, signed);
  if (!call.values.json) call.reporter.note(formatSignedUpdate(signed, call.topology).join('\n'));
  return submitAndTell({ step, call, submitter: reading.reader, next: change.after?.(call) }, signed);
}

function write({ step, call }: Context, signed: SignedUpdate, file: string): number {
  writeSignatureFile(file, signed);
  const how = `Written to ${file}. Members sign it with \`channel sign FILE --organisation NAME\`; then \`channel submit FILE\`.`;
  tellSignedUpdate(step, call, signed, { head: how, facts: { changed: true, written: true, file } });
  return EXIT.done;
}

function signersOf(call: ChannelCall): readonly Organisation[] {
  if (call.values['sign-all']) return listAble(call.topology);
  return call.values.organisation === undefined ? [] : actorsOf(call);
}

function fileOf({ values, topology }: ChannelCall, { base }: ChannelUpdate, name: string): string {
  return values.output ?? join(topology.paths.run, 'channel', `${String(base.sequence)}-${name}.json`);
}
