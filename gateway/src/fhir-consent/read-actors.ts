import type { ConsentAxes } from '@medaccord/chaincode/model';
import { readConcepts, type ReadCoding } from './coding';
import { Element } from './element';
import { FhirConsentError, invalid, unsupported } from './fhir-consent-error';
import { readReference, type Identifier, type Resolve } from './reference';
import { MEMBER, parseLocalSystem, PARTICIPATION, PRACTITIONER_ROLE, practitionerRoles, type LocalKind } from './systems';

/** Whom an actor of a provision means: an organisation, or somebody inside it by the names that go there. */
export interface Actor {
  readonly mspId: string;
  readonly names: Partial<Readonly<Record<LocalKind, string>>>;
  readonly path: string;
}

/** What a Consent contains, and which of it was pointed to. */
export class Contained {
  readonly #resources: ReadonlyMap<string, readonly [unknown, string]>;
  readonly #used = new Set<string>();

  constructor(list: unknown, path: string) {
    if (list !== undefined && !Array.isArray(list)) throw invalid(path, 'must be a list.');
    const rows = ((list ?? []) as unknown[]).map((value, index) => {
      const place = `${path}[${String(index)}]`;
      return [new Element(value, place).requiredText('id'), [value, place]] as const;
    });
    this.#resources = new Map(rows);
    if (this.#resources.size < rows.length) throw invalid(path, 'must have ids that differ.');
  }

  /** @throws {FhirConsentError} */
  find(id: string, path: string): Element {
    const [value, place] = this.#resources.get(id) ?? [];
    if (place === undefined) throw invalid(path, 'points to nothing that is contained.');
    this.#used.add(id);
    const element = new Element(value, place);
    element.pass('id');
    return element;
  }

  /** @throws {FhirConsentError} for what nothing points to */
  end(): void {
    for (const [id, [, place]] of this.#resources) if (!this.#used.has(id)) throw unsupported(place, 'is not pointed to by an actor.');
  }
}

/** @throws {FhirConsentError} */
export function readActor(element: Element, contained: Contained, resolve: Resolve): Actor {
  const role = element.required('role');
  const [code, ...more] = readConcepts([role]);
  if (code?.system !== PARTICIPATION || code.code !== 'IRCP' || more.length > 0) {
    throw unsupported(role.path, 'must be IRCP: a consent says who receives, nothing of others.');
  }
  const reference = element.required('reference');
  const target = readReference(reference, resolve);
  element.end();
  const { path } = element;
  if (!('contained' in target)) return { ...readParty(target, reference.path), path };
  return { ...readRole(contained.find(target.contained, reference.path), contained, resolve), path };
}

/** A contained PractitionerRole: somebody in a department, in a role, by name. */
function readRole(element: Element, contained: Contained, resolve: Resolve): Omit<Actor, 'path'> {
  if (element.requiredText('resourceType') !== 'PractitionerRole') throw unsupported(element.path, 'must be a PractitionerRole.');
  const parties = (['organization', 'practitioner'] as const).flatMap((name) => {
    const reference = element.element(name);
    if (reference === undefined) return [];
    const target = readReference(reference, resolve);
    if ('contained' in target) throw unsupported(reference.path, 'must be an identifier.');
    return [readParty(target, reference.path)];
  });
  const roles = readConcepts(element.elements('code')).map(readRoleCode);
  element.end();
  if (roles.length > 1) throw unsupported(element.at('code'), 'must be one role.');
  const all = [...parties, ...roles];
  const [mspId, ...others] = new Set(all.flatMap((party) => party.mspId ?? []));
  if (mspId === undefined || others.length > 0) throw unsupported(element.path, 'must name one organisation.');
  return { mspId, names: Object.assign({}, ...all.map(({ names }) => names)) as Actor['names'] };
}

/** A name of the organisation's own, or a code of HL7's, which is nobody's own. @throws {FhirConsentError} */
function readRoleCode({ system, code, path }: ReadCoding): Partial<Pick<Actor, 'mspId'>> & Pick<Actor, 'names'> {
  const role = system === PRACTITIONER_ROLE && Object.hasOwn(practitionerRoles, code) ? practitionerRoles[code] : undefined;
  return role === undefined ? readParty({ system, value: code }, path) : { names: { role } };
}

/** @throws {FhirConsentError} FHIR_CONSENT_RECIPIENT_UNKNOWN for a system that names no member nor anybody inside one */
function readParty({ system, value }: Identifier, path: string): Omit<Actor, 'path'> {
  if (system === MEMBER) return { mspId: value, names: {} };
  const local = parseLocalSystem(system);
  if (local === undefined) {
    throw new FhirConsentError('FHIR_CONSENT_RECIPIENT_UNKNOWN', path, 'names nobody by an identifier of the consortium.');
  }
  return { mspId: local.mspId, names: { [local.kind]: value } };
}

const axisOf = { department: 'departments', role: 'roles', 'care-team': 'teams', person: 'persons' } as const;

/**
 * The axes for actors of one organisation. Any of the actors is meant; axes mean all at once: so they must name the same kinds, and every
 * combination of the names.
 * @throws {FhirConsentError}
 */
export function toActorAxes(actors: readonly Actor[], path: string): ConsentAxes {
  const kinds = (actor: Actor): string => Object.keys(actor.names).sort().join();
  const [first] = actors;
  if (first === undefined || actors.some((actor) => kinds(actor) !== kinds(first))) {
    throw unsupported(path, 'mixes an organisation with parts of it, or different kinds of parts: write a provision for each.');
  }
  const named = Object.keys(first.names) as LocalKind[];
  const values = named.map((kind) => [kind, [...new Set(actors.map(({ names }) => names[kind] ?? ''))]] as const);
  const combinations = values.reduce((product, [, list]) => product * list.length, 1);
  if (combinations !== actors.length) throw unsupported(path, 'must name every combination once: write a provision for each.');
  return Object.fromEntries(values.map(([kind, list]) => [axisOf[kind], list]));
}
