import { newError } from '../../problem';
import { userSchemas } from './scim-user';

type Fields = Readonly<Record<string, unknown>>;

/** Attributes that can be changed, and the fields of an account that they stand for. */
const attributes: Readonly<Record<string, string>> = {
  active: 'active',
  roles: 'role',
  'roles[primary eq true].value': 'role',
  [`${userSchemas.enterprise}:department`]: 'department',
  [`${userSchemas.staff}:teams`]: 'teams',
  [`${userSchemas.staff}:reach`]: 'reach',
  [`${userSchemas.staff}:practitioner`]: 'practitioner',
};

/**
 * What the operations of a SCIM PATCH (RFC 7644, 3.5.2) change of an account.
 * @throws CodedError REQUEST_INVALID for an operation or attribute that is not offered
 */
export function readPatch(operations: readonly Fields[]): Fields {
  return Object.assign({}, ...operations.map(readOperation)) as Fields;
}

function readOperation({ op, path, value }: Fields): Fields {
  const act = String(op).toLowerCase();
  if (act !== 'replace' && act !== 'add' && act !== 'remove')
    throw newError('REQUEST_INVALID', 'body.Operations: op is replace, add or remove');
  if (typeof path === 'string') return { [fieldOf(path)]: act === 'remove' ? null : readValue(fieldOf(path), value) };
  if (typeof value !== 'object' || value === null || act === 'remove')
    throw newError('REQUEST_INVALID', 'body.Operations: name a path, or give the attributes as value');
  const found = Object.entries(value).flatMap(([name, one]): [string, unknown][] =>
    isExtension(name) && typeof one === 'object' && one !== null
      ? Object.entries(one as Fields).map(([inner, deep]): [string, unknown] => [`${name}:${inner}`, deep])
      : [[name, one]],
  );
  return Object.fromEntries(found.map(([name, one]) => [fieldOf(name), readValue(fieldOf(name), one)]));
}

function isExtension(name: string): boolean {
  return name === userSchemas.enterprise || name === userSchemas.staff;
}

function fieldOf(path: string): string {
  const field = Object.hasOwn(attributes, path) ? attributes[path] : undefined;
  if (field === undefined) throw newError('REQUEST_INVALID', `body.Operations: can be changed: ${Object.keys(attributes).join(', ')}`);
  return field;
}

/** Some directories send booleans as words, and a role alone instead of the list of roles. */
function readValue(field: string, value: unknown): unknown {
  if (field === 'active' && typeof value === 'string') return { true: true, false: false }[value.toLowerCase()] ?? value;
  if (field !== 'role' || !Array.isArray(value)) return value;
  const [first, ...more] = value as readonly { value?: unknown }[];
  return more.length === 0 ? first?.value : value;
}
