import { parseCommand, reporterOf, topologyOf, type Command } from './command';
import { adoptRulesFile, approveRulesFile } from './rules-approve';
import { changeRules, RULES_CHANGES } from './rules-change';
import { RULES_OPTIONS, type RulesCall } from './rules-options';
import { showRules } from './rules-show';
import { UsageError } from './usage-error';

const WORDS = 3;

const OTHERS: Readonly<Record<string, (call: RulesCall) => Promise<number>>> = {
  show: showRules,
  approve: approveRulesFile,
  adopt: adoptRulesFile,
};

/** `rules`: the rules of the consortium shown, their next version proposed, approved by members, put in force. */
export const rules: Command = async (argv, config) => {
  const { values, positionals } = parseCommand(argv, RULES_OPTIONS, WORDS);
  const [verb = 'show', ...words] = positionals;
  const call: RulesCall = { topology: topologyOf(values, config), values, words, reporter: reporterOf(values, config) };
  const change = RULES_CHANGES[verb];
  if (change !== undefined) return changeRules(verb, change, call);
  const other = OTHERS[verb];
  if (other !== undefined) return other(call);
  throw new UsageError(`There is no rules ${verb}. There are: ${[...Object.keys(OTHERS), ...Object.keys(RULES_CHANGES)].join(', ')}.`);
};
