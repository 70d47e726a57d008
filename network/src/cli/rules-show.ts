import { withPeer } from '../lifecycle';
import {
  assertNext,
  describeRules,
  describeRulesChange,
  readApprovals,
  readRules,
  readRulesFile,
  writeRulesFile,
  type RulesInForce,
} from '../operations';
import { EXIT } from './exit-codes';
import { askerOf, describeApprovals, indent, type RulesCall } from './rules-options';
import { UsageError } from './usage-error';

/** `rules show`: the rules in force, with `--output` the next version of them to be edited; `rules show FILE`: what that one would change, and who has approved it. */
export async function showRules(call: RulesCall): Promise<number> {
  const [file, ...more] = call.words;
  if (more.length > 0) throw new UsageError('rules show takes one file, or nothing.');
  await withPeer(askerOf(call), async (client) => {
    const inForce = await readRules(client, call.topology);
    if (file === undefined) {
      tellInForce(call, inForce);
      return;
    }
    const { document } = inForce;
    const next = readRulesFile(file);
    assertNext(next, inForce);
    const approvals = await readApprovals(client, call.topology, next);
    const changes = describeRulesChange(document, next);
    const text = [
      `${file} would change version ${String(document.version)} of the rules:`,
      ...indent([...changes, describeApprovals(approvals)], call.topology),
    ].join('\n');
    call.reporter.result('rules show', text, { file, version: next.version, changes, ...approvals });
  });
  return EXIT.done;
}

function tellInForce({ reporter, topology, values }: RulesCall, { document, adoptedAt }: RulesInForce): void {
  const { output } = values;
  const head = `Rules of the consortium, version ${String(document.version)}, since ${adoptedAt}:`;
  const next = { ...document, version: document.version + 1 };
  if (output !== undefined) writeRulesFile(output, next);
  const written = output === undefined ? [] : [`Version ${String(next.version)}, which says the same so far: ${output}.`];
  reporter.result('rules show', [head, ...indent(describeRules(document), topology), ...written].join('\n'), {
    document,
    adoptedAt,
    file: output,
  });
}
