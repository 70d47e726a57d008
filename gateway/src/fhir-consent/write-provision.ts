import { formatCanonical, specificityOf, type ConsentException, type MspId } from '@medaccord/chaincode/model';
import { isCode, writeCoding } from './coding';
import { inexpressible } from './fhir-consent-error';
import { writePeriod } from './fhir-period';
import type { Json, JsonObject } from './json';
import type { SharedException, SharedSet } from './merge-sets';
import { isEncounter } from './reference';
import { writeSecurityLabels } from './security-label';
import { elementNames, toStatement, type Axes, type ElementName, type Statement } from './statement';
import { ACT_REASON, CATEGORY, RECORD, RESOURCE_TYPES } from './systems';
import type { ActorWriter } from './write-actors';

/**
 * Writes a set as a provision with one level of exceptions; as a denial with what it permits inside, where its policy is one that denies.
 * @throws {FhirConsentError} FHIR_CONSENT_NOT_EXPRESSIBLE
 */
export function writeProvision(
  set: SharedSet,
  { actors, place, isDissent }: { readonly actors: ActorWriter; readonly place: string; readonly isDissent: boolean },
): JsonObject {
  const inner = (at: number): string => `${place}.exceptions[${String(at)}]`;
  const bounds = isDissent ? undefined : findBounds(set);
  const around = bounds === undefined ? {} : toStatement(axesOf(bounds.exception));
  const root = {
    type: bounds === undefined ? set.base : 'permit',
    ...(set.period && { period: writePeriod(set.period, `${place}.period`) }),
  };
  const rootActors = actors.write(set.mspIds, around.actor ?? {}, inner(0));
  const said = writeStatement(around, {}, 'permit', inner(0));
  const exceptions = set.exceptions.flatMap((shared, at) =>
    shared === bounds ? [] : [writeException(shared, { around, mspIds: set.mspIds, actors }, inner(at))],
  );
  return { ...root, actor: rootActors, ...said, ...(exceptions.length > 0 && { provision: exceptions }) };
}

interface Around {
  readonly around: Statement;
  readonly mspIds: readonly MspId[];
  readonly actors: ActorWriter;
}

/**
 * The permit that bounds the whole: the first exception, when all relations share it, nothing else permits by base, and all that follow name
 * every element that it names and win over it where they deny.
 */
function findBounds({ base, mspIds, exceptions }: SharedSet): SharedException | undefined {
  const [first, ...others] = exceptions;
  if (first === undefined || base !== 'deny' || first.mspIds.length < mspIds.length) return undefined;
  const { decision, period, not } = first.exception;
  const named = Object.keys(toStatement(axesOf(first.exception))) as ElementName[];
  if (decision !== 'permit' || period !== undefined || not !== undefined || named.length === 0) return undefined;
  const isInside = ({ exception }: SharedException): boolean => {
    const statement = toStatement(axesOf(exception));
    const isHeeded = exception.decision === 'permit' || specificityOf(exception) >= specificityOf(first.exception);
    return isHeeded && named.every((name) => statement[name] !== undefined);
  };
  return others.every(isInside) ? first : undefined;
}

function axesOf({ decision: _, period: __, ...axes }: ConsentException): Axes {
  return axes;
}

function writeException({ exception, mspIds }: SharedException, { around, mspIds: all, actors }: Around, place: string): JsonObject {
  const { decision, period } = exception;
  const statement = toStatement(axesOf(exception));
  const isForAll = mspIds.length === all.length && isSame(statement.actor, around.actor);
  return {
    type: decision,
    ...(period && { period: writePeriod(period, `${place}.period`) }),
    ...(!isForAll && { actor: actors.write(mspIds, statement.actor ?? {}, place) }),
    ...writeStatement(statement, around, decision, place),
  };
}

function isSame(one: Axes | undefined, other: Axes | undefined): boolean {
  return formatCanonical(one ?? {}) === formatCanonical(other ?? {});
}

/** The elements of a statement but the actors; those of the provision around are taken over and not repeated. */
function writeStatement(statement: Statement, around: Statement, decision: ConsentException['decision'], place: string): JsonObject {
  const own = elementNames.filter((name) => name !== 'actor' && statement[name] !== undefined && !isSame(statement[name], around[name]));
  const repeated = decision === 'deny' && own.includes('securityLabel') ? statement.securityLabel?.categories : undefined;
  return Object.fromEntries([
    ...own.map((name) => [name, write(name, statement[name] ?? {}, { decision, place })] as const),
    ...(repeated === undefined ? [] : [['class', writeClasses({ ...statement.class, categories: repeated }, place)] as const]),
  ]);
}

function write(
  name: ElementName,
  axes: Axes,
  { decision, place }: { readonly decision: ConsentException['decision']; readonly place: string },
): Json {
  switch (name) {
    case 'purpose':
      return (axes.purposes ?? []).map((purpose) => writeCoding(ACT_REASON, purpose));
    case 'class':
      return writeClasses(axes, place);
    case 'code':
      return (axes.codes ?? []).map(({ system, code }, at) => {
        if (!isCode(code)) throw inexpressible(`${place}.codes[${String(at)}].code`, 'is not a code of FHIR.');
        return { coding: [writeCoding(system, code)] };
      });
    case 'dataPeriod':
      return axes.dataPeriod === undefined ? [] : writePeriod(axes.dataPeriod, `${place}.dataPeriod`);
    case 'data':
      return writeData(axes, place);
    default:
      return writeSecurityLabels(axes, decision, place);
  }
}

function writeClasses({ types, categories }: Axes, place: string): Json {
  if (types !== undefined && categories !== undefined) throw inexpressible(`${place}.types`, 'stands beside categories.');
  return [
    ...(types ?? []).map((type) => writeCoding(RESOURCE_TYPES, type)),
    ...(categories ?? []).map((one) => writeCoding(CATEGORY, one)),
  ];
}

function writeData({ records, encounters, authors }: Axes, place: string): Json {
  if ([records, encounters, authors].filter((list) => list !== undefined).length > 1) {
    throw inexpressible(place, 'names data in more than one way: records, encounters, authors.');
  }
  if (encounters?.some((reference) => !isEncounter(reference)))
    throw inexpressible(`${place}.encounters`, 'has a reference that is not of an Encounter.');
  if ([...(encounters ?? []), ...(authors ?? [])].some((reference) => reference.startsWith('#'))) {
    throw inexpressible(`${place}.authors`, 'has a reference into a resource.');
  }
  return [
    ...(records ?? []).map((value) => ({ meaning: 'instance', reference: { identifier: { system: RECORD, value } } })),
    ...(encounters ?? []).map((reference) => ({ meaning: 'related', reference: { reference } })),
    ...(authors ?? []).map((reference) => ({ meaning: 'authoredby', reference: { reference } })),
  ];
}
