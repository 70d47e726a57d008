import { readFile } from 'node:fs/promises';
import { AuditLedger, verifyEvidence } from '../audit-proof';
import { describeFinding, verifySource } from '../verify';
import { NETWORK_OPTIONS, parseCommand, reporterOf, type Command } from './command';
import { EXIT } from './exit-codes';
import { openKeptBlocks } from './open-kept-blocks';
import type { Reporter } from './reporter';
import { UsageError } from './usage-error';

const OPTIONS = { ...NETWORK_OPTIONS, blocks: { type: 'string' }, chaincode: { type: 'string', default: 'medaccord' } } as const;
/** Files of one call. */
const most = 1_000;

/**
 * `verify-audit FILE... --blocks FOLDER|RECORDING`: holds what patients and auditors were given against the blocks of a peer, which are proved
 * first, from block 0 on, with every code found again by the rules: a peer's own word is not believed. Asks nobody. Exit code 1: something does not hold.
 */
export const verifyAudit: Command = async (argv, config) => {
  const { values, positionals } = parseCommand(argv, OPTIONS, most);
  if (positionals.length === 0 || values.blocks === undefined) throw new UsageError('verify-audit FILE... --blocks FOLDER|RECORDING');
  const reporter = reporterOf(values, config);
  const ledger = new AuditLedger(values.chaincode);
  const isProved = await proveBlocks(values.blocks, ledger, reporter);
  const evidence = await Promise.all(positionals.map(async (file) => ({ file, ...verifyEvidence(await readFile(file, 'utf8'), ledger) })));
  for (const { file, ok, kind, says } of evidence)
    reporter.result('verify-audit', `${file}: ${ok ? '' : 'does not hold: '}${says}.`, { ok, file, kind });
  return isProved && evidence.every(({ ok }) => ok) ? EXIT.done : EXIT.failed;
};

/** Whether all is right with the blocks; what they say is taken down in any case. */
async function proveBlocks(place: string, ledger: AuditLedger, reporter: Reporter): Promise<boolean> {
  const source = await openKeptBlocks(place);
  const { findings, blocks, gap } = await verifySource(ledger.watch(source), { replay: true });
  source.close();
  for (const finding of findings) reporter.result('verify.finding', describeFinding(finding), { ok: false, ...finding });
  const isProved = findings.length === 0 && gap === undefined;
  const chain = isProved ? `${blocks} blocks, with their signatures and outcomes.` : `not proved${gap === undefined ? '' : `: ${gap}`}.`;
  reporter.result('verify-audit.blocks', `${source.name}: ${chain}`, { ok: isProved, blocks });
  return isProved;
}
