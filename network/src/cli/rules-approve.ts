import { withPeer } from '../lifecycle';
import {
  adoptRules,
  approveRules,
  assertNext,
  describeRulesChange,
  readApprovals,
  readRules,
  readRulesFile,
  type RulesDocument,
} from '../operations';
import type { PeerConnection } from '../lifecycle';
import { findOrganisation, wordOf } from './command';
import { EXIT } from './exit-codes';
import { askerOf, describeApprovals, indent, type RulesCall } from './rules-options';

/** `rules approve FILE --organisation NAME`: the member's admin approves that next version, whole; what it changes is told. */
export async function approveRulesFile(call: RulesCall): Promise<number> {
  const document = readRulesFile(wordOf(call.words, 'rules approve', 'file'));
  const organisation = findOrganisation(call.topology, call.values.organisation);
  await withPeer(organisation, async (client) => {
    const inForce = await readRules(client, call.topology);
    assertNext(document, inForce);
    const changes = describeRulesChange(inForce.document, document);
    const transactionId = await approveRules(client, call.topology, document);
    const approvals = await readApprovals(client, call.topology, document);
    const head = `Approved by ${organisation.title}: version ${String(document.version)} of the rules.`;
    const text = [head, ...indent([...changes, describeApprovals(approvals)], call.topology)].join('\n');
    const facts = { organisation: organisation.name, version: document.version, transactionId, changes, ...approvals };
    call.reporter.result('rules approve', text, facts);
  });
  return EXIT.done;
}

/** `rules adopt FILE`: puts a next version in force that enough members have approved. */
export async function adoptRulesFile(call: RulesCall): Promise<number> {
  const document = readRulesFile(wordOf(call.words, 'rules adopt', 'file'));
  await withPeer(askerOf(call), (client) => adoptAndTell('rules adopt', call, client, document));
  return EXIT.done;
}

export async function adoptAndTell(step: string, call: RulesCall, client: PeerConnection, document: RulesDocument): Promise<void> {
  const version = String(document.version);
  const transactionId = await adoptRules(client, call.topology, document);
  const text =
    transactionId === undefined
      ? `Nothing to do: version ${version} of the rules is in force.`
      : `Version ${version} of the rules is in force (transaction ${transactionId}).`;
  call.reporter.result(step, text, { version: document.version, transactionId, changed: transactionId !== undefined });
}
