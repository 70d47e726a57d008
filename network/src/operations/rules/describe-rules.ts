import type { RulesDocument } from './rules-document';

type LegalBasis = NonNullable<RulesDocument['legalBases']>[number];

const TOLD = ['version', 'purposes', 'roles', 'deadlines', 'legalBases', 'suspended'];

/** The rules in words, a line for each part. Members are named by their MSP ids. */
export function describeRules(rules: RulesDocument): readonly string[] {
  return [
    `Members: ${Object.entries(rules.roles)
      .map(([mspId, role]) => `${mspId}, ${role}`)
      .join('; ')}.`,
    `Suspended: ${formatList(rules.suspended)}.`,
    `Purposes that may be asked for: ${formatList(rules.purposes)}.`,
    ...Object.entries(rules.deadlines).map(([name, value]) => `Deadline ${name}: ${JSON.stringify(value)}.`),
    ...(rules.legalBases ?? []).map((basis) => `Without consent: ${describeBasis(basis)}.`),
    ...othersOf(rules).map(([name, text]) => `${name}: ${text}.`),
  ];
}

/** What a change does, in words; no line where both say the same. */
export function describeRulesChange(before: RulesDocument, after: RulesDocument): readonly string[] {
  return [
    ...describeMembers(before, after),
    ...describeStanding(before, after),
    ...describeLists('may be asked for as a purpose', before.purposes, after.purposes),
    ...describeTables(
      (name) => `Deadline ${name}`,
      Object.entries(before.deadlines).map(([name, value]) => [name, JSON.stringify(value)]),
      Object.entries(after.deadlines).map(([name, value]) => [name, JSON.stringify(value)]),
    ),
    ...describeLists('is open without consent', describeBases(before), describeBases(after)),
    ...describeTables((name) => name, othersOf(before), othersOf(after)),
  ];
}

function describeMembers({ roles: before }: RulesDocument, { roles: after }: RulesDocument): readonly string[] {
  const mspIds = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return mspIds.flatMap((mspId) => {
    const [was, is] = [before[mspId], after[mspId]];
    if (was === is) return [];
    if (was === undefined) return [`${mspId} becomes a member of the consortium: ${is ?? ''}.`];
    return [is === undefined ? `${mspId} is a member no longer; it was ${was}.` : `${mspId} is ${is} instead of ${was}.`];
  });
}

function describeStanding({ suspended: before }: RulesDocument, { suspended: after }: RulesDocument): readonly string[] {
  return [
    ...without(after, before).map((mspId) => `${mspId} is suspended: nothing is released to it or by it any more, and it has no vote.`),
    ...without(before, after).map((mspId) => `${mspId} is suspended no longer.`),
  ];
}

function describeLists(what: string, before: readonly string[], after: readonly string[]): readonly string[] {
  return [
    ...without(after, before).map((item) => `${item} ${what}.`),
    ...without(before, after).map((item) => `${item} ${what} no longer.`),
  ];
}

type Table = readonly (readonly [name: string, text: string])[];

function describeTables(titleOf: (name: string) => string, before: Table, after: Table): readonly string[] {
  const [was, is] = [new Map(before), new Map(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((name) => {
    const [old, now] = [was.get(name), is.get(name)];
    if (old === now) return [];
    if (now === undefined) return [`${titleOf(name)}: none any more; it was ${old ?? ''}.`];
    return [`${titleOf(name)}: ${now}${old === undefined ? '' : ` instead of ${old}`}.`];
  });
}

function describeBases({ legalBases = [] }: RulesDocument): readonly string[] {
  return legalBases.map(describeBasis);
}

function describeBasis({ purpose, roles, categories, confidentiality }: LegalBasis): string {
  return `${purpose} for the role ${roles.join(' or ')}, of ${categories.join(', ')}, confidentiality ${confidentiality} at most`;
}

/** Parts that have no words of their own. */
function othersOf(rules: RulesDocument): Table {
  return Object.entries(rules)
    .filter(([name]) => !TOLD.includes(name))
    .map(([name, value]) => [name, JSON.stringify(value)]);
}

function without(items: readonly string[], others: readonly string[]): readonly string[] {
  return items.filter((item) => !others.includes(item));
}

function formatList(items: readonly string[]): string {
  return items.length === 0 ? 'none' : items.join(', ');
}
