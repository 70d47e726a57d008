import type { ConsentAxes, MspId } from '@medaccord/chaincode/model';
import { isCode, writeCoding } from './coding';
import { inexpressible } from './fhir-consent-error';
import type { Json, JsonObject } from './json';
import { writeReference } from './reference';
import { localSystem, MEMBER, PARTICIPATION, type LocalKind } from './systems';

type Names = Partial<Readonly<Record<LocalKind, string>>>;

const typeOf = { department: 'Organization', 'care-team': 'CareTeam', person: 'Practitioner' } as const;
const MOST = 500;

/** Writes actors, and keeps what they contain. */
export class ActorWriter {
  readonly contained: JsonObject[] = [];

  /** Everybody at these organisations, or who the axes name at each. @throws {FhirConsentError} FHIR_CONSENT_NOT_EXPRESSIBLE */
  write(mspIds: readonly MspId[], axes: ConsentAxes, place: string): readonly Json[] {
    const combinations = combine(axes);
    if (mspIds.length * combinations.length > MOST) throw inexpressible(place, 'names too many combinations of people.');
    return mspIds.flatMap((mspId) => combinations.map((names) => this.#writeActor(mspId, names, place)));
  }

  #writeActor(mspId: MspId, names: Names, place: string): Json {
    return { role: { coding: [writeCoding(PARTICIPATION, 'IRCP')] }, reference: this.#writeWho(mspId, names, place) };
  }

  #writeWho(mspId: MspId, names: Names, place: string): Json {
    const [kind, ...more] = Object.keys(names) as LocalKind[];
    if (kind === undefined) return writeReference('Organization', { system: MEMBER, value: mspId });
    if (more.length === 0 && kind !== 'role') return writeParty(kind, names[kind] ?? '', mspId);
    if (names['care-team'] !== undefined) throw inexpressible(`${place}.teams`, 'stands beside other names of people.');
    const id = `actor-${String(this.contained.length + 1)}`;
    this.contained.push({ resourceType: 'PractitionerRole', id, ...writeRole(mspId, names, place) });
    return { reference: `#${id}` };
  }
}

/** A PractitionerRole names person, department (else the organisation) and role at once. */
function writeRole(mspId: MspId, { department, role, person }: Names, place: string): JsonObject {
  if (role !== undefined && !isCode(role)) throw inexpressible(`${place}.roles`, 'has a name that cannot be a code.');
  return {
    ...(person !== undefined && { practitioner: writeParty('person', person, mspId) }),
    organization:
      department === undefined
        ? writeReference('Organization', { system: MEMBER, value: mspId })
        : writeParty('department', department, mspId),
    ...(role !== undefined && { code: [{ coding: [writeCoding(localSystem('role', mspId), role)] }] }),
  };
}

function writeParty(kind: keyof typeof typeOf, value: string, mspId: MspId): Json {
  return writeReference(typeOf[kind], { system: localSystem(kind, mspId), value });
}

/** Every combination of the names, one of each axis. */
function combine({ departments, roles, teams, persons }: ConsentAxes): readonly Names[] {
  const axes = [
    ['department', departments],
    ['role', roles],
    ['care-team', teams],
    ['person', persons],
  ] as const;
  return axes.reduce<readonly Names[]>(
    (all, [kind, list]) => (list === undefined ? all : all.flatMap((names) => list.map((name) => ({ ...names, [kind]: name })))),
    [{}],
  );
}
