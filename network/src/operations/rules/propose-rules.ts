import type { RulesDocument } from './rules-document';

// Each gives the version after the one in force; undefined when that says so already.

/** Nothing is released to the member or by it any more. */
export function proposeSuspension(rules: RulesDocument, mspId: string): RulesDocument | undefined {
  return rules.suspended.includes(mspId) ? undefined : { ...nextOf(rules), suspended: [...rules.suspended, mspId] };
}

/** Takes a suspension back. */
export function proposeReinstatement(rules: RulesDocument, mspId: string): RulesDocument | undefined {
  const suspended = rules.suspended.filter((other) => other !== mspId);
  return suspended.length === rules.suspended.length ? undefined : { ...nextOf(rules), suspended };
}

/** Exactly these members, in these roles. Who is a member no longer is not suspended either. */
export function proposeMembers(rules: RulesDocument, roles: Readonly<Record<string, string>>): RulesDocument | undefined {
  const [before, after] = [rules.roles, roles].map((table) => JSON.stringify(Object.entries(table).sort()));
  if (before === after) return undefined;
  return { ...nextOf(rules), roles: { ...roles }, suspended: rules.suspended.filter((mspId) => Object.hasOwn(roles, mspId)) };
}

function nextOf(rules: RulesDocument): RulesDocument {
  return { ...rules, version: rules.version + 1 };
}
