import { attributeOf, Hf, parseGoBoolean, type IdentityAttribute, type IdentityRecord } from './identity-record';

/** Why something is not allowed, in words for the log; undefined: it is allowed. */
type Objection = string | undefined;

const BOOLEANS: readonly string[] = [Hf.revoker, Hf.intermediateCa, Hf.genCrl, Hf.affiliationManager];
const LISTS: readonly string[] = [Hf.roles, Hf.delegateRoles, Hf.attributes];
const FIXED: readonly string[] = [Hf.enrollmentId, Hf.type, Hf.affiliation];

/** What a registrar is asked to give somebody; `current` is what that identity has already, undefined for a new one. */
export interface AttributeGrant {
  readonly requested: readonly IdentityAttribute[];
  readonly current: readonly IdentityAttribute[] | undefined;
}

/** A registrar is whoever may register some type (serverrequestcontext.go isRegistrar). */
export function isRegistrar(caller: IdentityRecord): boolean {
  return (attributeOf(caller.attributes, Hf.roles) ?? '') !== '';
}

/** Types are compared without case; `*` is all of them (serverrequestcontext.go canActOnType). */
export function canActOnType(caller: IdentityRecord, type: string): boolean {
  const types = parseList(attributeOf(caller.attributes, Hf.roles));
  return types.includes('*') || contains(types, type === '' ? 'client' : type);
}

/** The root reaches everything, any other affiliation itself and what is below it (serverrequestcontext.go containsAffiliation). */
export function canActOnAffiliation(caller: IdentityRecord, affiliation: string): boolean {
  return caller.affiliation === '' || affiliation === caller.affiliation || affiliation.startsWith(`${caller.affiliation}.`);
}

/** Says what forbids the registrar to grant the attributes (fabric-ca/lib/attr/attribute.go CanRegisterRequestedAttributes). */
export function objectionToAttributes(registrar: IdentityRecord, grant: AttributeGrant): Objection {
  return firstObjection(grant.requested, (attribute) => objectionToAttribute(registrar, attribute, grant));
}

function objectionToAttribute(registrar: IdentityRecord, attribute: IdentityAttribute, grant: AttributeGrant): Objection {
  const allowed = parseList(attributeOf(registrar.attributes, Hf.attributes));
  if (!matchesAny(attribute.name, allowed)) {
    return `attribute '${attribute.name}' is not among those that '${registrar.id}' may register`;
  }
  if (FIXED.includes(attribute.name)) {
    return `attribute '${attribute.name}' has a fixed value`;
  }
  if (BOOLEANS.includes(attribute.name)) {
    return objectionToBoolean(registrar, attribute);
  }
  if (LISTS.includes(attribute.name)) {
    return objectionToList(registrar, attribute, grant);
  }
  return attribute.name.startsWith('hf.') ? `attribute '${attribute.name}' has a reserved prefix but no meaning` : undefined;
}

function objectionToBoolean(registrar: IdentityRecord, { name, value }: IdentityAttribute): Objection {
  if (parseGoBoolean(attributeOf(registrar.attributes, name)) !== true) {
    return `'${registrar.id}' does not own attribute '${name}'`;
  }
  return value === '' || parseGoBoolean(value) !== undefined ? undefined : `attribute '${name}' must be a boolean`;
}

function objectionToList(registrar: IdentityRecord, attribute: IdentityAttribute, grant: AttributeGrant): Objection {
  const own = attributeOf(registrar.attributes, attribute.name);
  if (own === undefined) {
    return `'${registrar.id}' does not own attribute '${attribute.name}'`;
  }
  const values = parseList(attribute.value);
  if (attribute.name === Hf.attributes) {
    return firstObjection(values, (value) => objectionToGrantable(value, parseList(own), grant));
  }
  if (!parseList(own).includes('*') && !values.every((value) => contains(parseList(own), value))) {
    return `attribute '${attribute.name}' asks for more than '${registrar.id}' has`;
  }
  return attribute.name === Hf.delegateRoles && values.length > 0 ? objectionToDelegates(values, grant) : undefined;
}

function objectionToGrantable(name: string, own: readonly string[], { requested, current }: AttributeGrant): Objection {
  if (!matchesAny(name, own)) {
    return `'${name}' is not among the attributes that the caller may register`;
  }
  const owned = attributeOf(requested, name) !== undefined || attributeOf(current ?? [], name) !== undefined;
  return name.startsWith('hf.') && !owned ? `the identity would register '${name}' without having it` : undefined;
}

function objectionToDelegates(delegates: readonly string[], { requested, current }: AttributeGrant): Objection {
  const asked = attributeOf(requested, Hf.roles) ?? '';
  const roles = parseList(asked === '' ? attributeOf(current ?? [], Hf.roles) : asked);
  return roles.includes('*') || delegates.every((delegate) => contains(roles, delegate)) ? undefined : 'delegate roles go beyond roles';
}

function firstObjection<T>(items: readonly T[], check: (item: T) => Objection): Objection {
  for (const item of items) {
    const objection = check(item);
    if (objection !== undefined) {
      return objection;
    }
  }
  return undefined;
}

function matchesAny(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}

function contains(list: readonly string[], item: string): boolean {
  return list.some((candidate) => candidate.toLowerCase() === item.toLowerCase());
}

function parseList(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
