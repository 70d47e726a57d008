import type { ConsentAxes, ConsentException, ConsentSet, Period } from '@medaccord/chaincode/model';
import type { ConsentWish } from './sign-consent';

type Words = { readonly [Axis in keyof ConsentAxes]-?: (value: NonNullable<ConsentAxes[Axis]>) => string };

/** What each axis says, in the order in which it is told. */
const words: Words = {
  purposes: (list) => `for ${either(list)} or a purpose below`,
  departments: (list) => `to the department ${either(list)}`,
  roles: (list) => `to the role ${either(list)}`,
  teams: (list) => `to the care team ${either(list)}`,
  persons: (list) => `to ${either(list)}`,
  categories: (list) => `data of the category ${either(list)}`,
  types: (list) => `resources of type ${either(list)}`,
  codes: (list) => `data coded ${either(list.map(({ system, code }) => (system === '' ? code : `${system}|${code}`)))}`,
  records: (list) => `the record ${either(list)}`,
  encounters: (list) => `data of ${either(list)}`,
  authors: (list) => `data by ${either(list)}`,
  labels: (list) => `data labelled ${either(list)}`,
  confidentiality: (level) => `data at most as confidential as ${level}`,
  dataPeriod: (period) => `data ${formatPeriod(period)}`,
};

/** A consent in words, a line each: what is shown before it is signed. */
export function describeConsent({ sets, validity }: ConsentWish): readonly string[] {
  const head = validity === null ? 'Valid until she changes it.' : `Valid ${formatPeriod(validity)}.`;
  const among = sets.length > 1 ? [`${String(sets.length)} parts; what any of them denies is denied.`] : [];
  return [head, ...among, ...sets.flatMap(describeSet)];
}

function describeSet({ base, period, exceptions }: ConsentSet): readonly string[] {
  const bounds = period === undefined ? '' : `, ${formatPeriod(period)}`;
  const head = base === 'permit' ? 'Everything that is not sensitive is permitted' : 'Everything is denied';
  return [
    `${head}${bounds}${exceptions.length === 0 ? '.' : ', except:'}`,
    ...exceptions.map((exception) => `  ${exception.decision === 'permit' ? 'permitted' : 'denied'}: ${describeException(exception)}`),
  ];
}

function describeException({ not, period, ...axes }: ConsentException): string {
  const included = describeAxes(axes, '; ') || 'everything';
  const excluded = not === undefined ? '' : `; but not ${describeAxes(not, ', nor ')}`;
  return `${included}${excluded}${period === undefined ? '' : `; ${formatPeriod(period)}`}`;
}

function describeAxes(axes: ConsentAxes, between: string): string {
  const said = (Object.keys(words) as (keyof ConsentAxes)[]).flatMap((axis) => {
    const value = axes[axis];
    return value === undefined ? [] : [(words[axis] as (given: unknown) => string)(value)];
  });
  return said.join(between);
}

function formatPeriod({ from, until }: Period): string {
  const start = from.startsWith('0000') ? '' : `from ${from} `;
  return `${start}${until.startsWith('9999') ? 'without an end' : `until ${until}, not included`}`;
}

function either(list: readonly string[]): string {
  return list.join(' or ');
}
