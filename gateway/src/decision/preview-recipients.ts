import {
  axisNames,
  type AxisName,
  type ConsentAxes,
  type ConsentSet,
  type Purpose,
  type RequestingPerson,
} from '@medaccord/chaincode/model';

/** Somebody of the counterparty as a preview names her; what is null of her is none of the names that the consents know. */
export interface PreviewRecipient {
  /** `somebody`: goes by the given names. `anybody-else`: by none that the consents know. `unattested`: her organisation says nothing of her. */
  readonly kind: 'somebody' | 'anybody-else' | 'unattested';
  readonly department: string | null;
  readonly role: string | null;
  readonly person: string | null;
  readonly team: string | null;
}

interface Names {
  readonly department: readonly string[];
  readonly role: readonly string[];
  readonly person: readonly string[];
  readonly team: readonly string[];
}

const parts = ['department', 'role', 'person', 'team'] as const;
const nobody = { department: null, role: null, person: null, team: null };

/** Every group of axes in these sets: those of exceptions, and those that they exclude. */
function listAxes(sets: readonly ConsentSet[]): readonly ConsentAxes[] {
  return sets.flatMap(({ exceptions }) => exceptions.flatMap(({ not = {}, ...named }) => [named, not]));
}

/** The axes that these sets name anywhere. */
export function axesIn(sets: readonly ConsentSet[]): ReadonlySet<AxisName> {
  const axes = listAxes(sets);
  return new Set(axisNames.filter((name) => axes.some((one) => one[name] !== undefined)));
}

export function purposesIn(sets: readonly ConsentSet[]): readonly Purpose[] {
  return distinct(listAxes(sets).flatMap(({ purposes = [] }) => purposes));
}

/**
 * Who the sets can tell apart inside the counterparty: anybody else, who is not attested, then everybody who goes by one of the names in
 * them, by two, and so on; `most` at most. `omitted` counts the rest.
 */
export function listRecipients(
  sets: readonly ConsentSet[],
  most: number,
): { readonly recipients: readonly PreviewRecipient[]; readonly omitted: number } {
  const axes = listAxes(sets);
  const names: Names = {
    department: distinct(axes.flatMap(({ departments = [] }) => departments)),
    role: distinct(axes.flatMap(({ roles = [] }) => roles)),
    person: distinct(axes.flatMap(({ persons = [] }) => persons)),
    team: distinct(axes.flatMap(({ teams = [] }) => teams)),
  };
  const recipients: PreviewRecipient[] = [
    { kind: 'anybody-else', ...nobody },
    { kind: 'unattested', ...nobody },
  ];
  for (const recipient of combine(names)) {
    if (recipients.length >= most) break;
    recipients.push(recipient);
  }
  const all = parts.reduce((product, part) => product * (names[part].length + 1), 1) - 1;
  return { recipients, omitted: Math.min(all - (recipients.length - 2), Number.MAX_SAFE_INTEGER) };
}

/** Those with fewer names first. */
function* combine(names: Names): Generator<PreviewRecipient> {
  for (let count = 1; count <= parts.length; count += 1)
    for (const chosen of choose(parts, count)) yield* product(chosen, names, { kind: 'somebody', ...nobody });
}

/** One at a time: there may be very many. */
function* product([part, ...rest]: readonly (keyof Names)[], names: Names, so: PreviewRecipient): Generator<PreviewRecipient> {
  if (part === undefined) yield so;
  else for (const name of names[part]) yield* product(rest, names, { ...so, [part]: name });
}

function choose<T>(from: readonly T[], count: number): readonly (readonly T[])[] {
  if (count === 0) return [[]];
  return from.flatMap((first, at) => choose(from.slice(at + 1), count - 1).map((rest) => [first, ...rest]));
}

/** As her organisation would attest her. A name that no consent knows stands for all those that none does. */
export function personOf({ kind, department, role, person, team }: PreviewRecipient, sets: readonly ConsentSet[]): RequestingPerson {
  if (kind === 'unattested') return { department: null, role: null, person: null, teams: null };
  const other = unknownName(sets);
  return { department: department ?? other, role: role ?? other, person: person ?? other, teams: team === null ? [] : [team] };
}

function unknownName(sets: readonly ConsentSet[]): string {
  const known = new Set(listAxes(sets).flatMap(({ departments = [], roles = [], persons = [] }) => [...departments, ...roles, ...persons]));
  let name = '-';
  while (known.has(name)) name += '-';
  return name;
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
