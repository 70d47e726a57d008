import { withPeer } from '../lifecycle';
import { join } from 'node:path';
import {
  approveRules,
  describeRulesChange,
  proposeMembers,
  proposeReinstatement,
  proposeSuspension,
  readRules,
  writeRulesFile,
  type RulesDocument,
} from '../operations';
import type { Organisation, Topology } from '../topology';
import { listAble, mspIdOf } from './channel-options';
import { EXIT } from './exit-codes';
import { adoptAndTell } from './rules-approve';
import { wordOf } from './command';
import { askerOf, indent, type RulesCall } from './rules-options';
import { UsageError } from './usage-error';

/** The next version, undefined when the rules say so already. */
type RulesChange = (rules: RulesDocument, call: RulesCall) => RulesDocument | undefined;

export const RULES_CHANGES: Readonly<Record<string, RulesChange>> = {
  members: (rules, { topology, words }) => {
    if (words.length > 0) throw new UsageError('rules members takes the members and their roles from the topology file.');
    return proposeMembers(rules, Object.fromEntries(topology.organisations.map(({ mspId, role }) => [mspId, role])));
  },
  suspend: (rules, call) => proposeSuspension(rules, memberOf(rules, call, 'suspend')),
  reinstate: (rules, call) => proposeReinstatement(rules, memberOf(rules, call, 'reinstate')),
};

function memberOf({ roles }: RulesDocument, call: RulesCall, verb: string): string {
  const mspId = mspIdOf(call.topology, wordOf(call.words, `rules ${verb}`, 'organisation'));
  if (Object.hasOwn(roles, mspId)) return mspId;
  throw new UsageError(`rules ${verb} ${mspId}: the rules name ${Object.keys(roles).join(', ')}`);
}

/**
 * Proposes the version after the one in force. `--dry-run` tells it and nothing more; else it becomes a file for members to approve;
 * `--approve-all` approves as every member whose key is here, and adopts.
 */
export async function changeRules(verb: string, change: RulesChange, call: RulesCall): Promise<number> {
  const step = `rules ${verb}`;
  const { document: before } = await withPeer(askerOf(call), (client) => readRules(client, call.topology));
  const next = change(before, call);
  if (next === undefined) {
    const text = `Nothing to do: version ${String(before.version)} of the rules says so already.`;
    call.reporter.result(step, text, { changed: false, version: before.version });
    return EXIT.done;
  }
  const changes = describeRulesChange(before, next);
  const told = [`Version ${String(next.version)} of the rules of the consortium:`, ...indent(changes, call.topology)].join('\n');
  if (call.values['dry-run']) {
    call.reporter.result(step, `${told}\nNothing was written, nothing was sent.`, { changed: true, written: false, changes });
    return EXIT.done;
  }
  if (call.values['approve-all']) return approveAll(step, call, { before, next, told });
  const file = call.values.output ?? join(call.topology.paths.run, 'rules', `${String(next.version)}-${verb}.json`);
  writeRulesFile(file, next);
  const how = `Written to ${file}. Members approve it with \`rules approve FILE\`; then \`rules adopt FILE\`.`;
  call.reporter.result(step, `${told}\n${how}`, { changed: true, written: true, file, version: next.version, changes });
  return EXIT.done;
}

interface Proposal {
  readonly before: RulesDocument;
  readonly next: RulesDocument;
  readonly told: string;
}

async function approveAll(step: string, call: RulesCall, { before, next, told }: Proposal): Promise<number> {
  if (call.values.output !== undefined) writeRulesFile(call.values.output, next);
  if (!call.values.json) call.reporter.note(told);
  const voters = votersOf(call.topology, before, next);
  for (const organisation of voters) await withPeer(organisation, (client) => approveRules(client, call.topology, next));
  const [first] = voters;
  if (first === undefined) throw new UsageError('No admin key of a member that has a vote is on this machine.');
  await withPeer(first, (client) => adoptAndTell(step, call, client, next));
  return EXIT.done;
}

/** Members whose key is here and whose approval counts, but for those that the change itself suspends. */
function votersOf(topology: Topology, before: RulesDocument, next: RulesDocument): readonly Organisation[] {
  return listAble(topology).filter(
    ({ mspId }) => Object.hasOwn(before.roles, mspId) && !before.suspended.includes(mspId) && !next.suspended.includes(mspId),
  );
}
