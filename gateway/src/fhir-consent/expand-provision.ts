import { specificityOf, type ConsentException, type ConsentSet, type MspId } from '@medaccord/chaincode/model';
import { unsupported } from './fhir-consent-error';
import { toActorAxes, type Actor } from './read-actors';
import type { Provision } from './read-provision';
import { assertAxes, toAxes, type Statement } from './statement';

/**
 * The set that a provision stands for in the relation with one organisation; undefined when it does not concern it. A permit that is bounded
 * denies all beyond, for nothing permits it. An exception takes over from the provision around it every element that it does not name.
 * @throws {FhirConsentError}
 */
export function expandProvision(root: Provision, mspId: MspId): ConsentSet | undefined {
  const own = actorsAt(root, mspId);
  if (own === 'nobody') return undefined;
  const around = withActors(root, own);
  // Its period bounds the whole set.
  const bounds = Object.keys(toAxes(around)).length === 0 ? undefined : toException({ ...root, period: undefined }, around);
  const exceptions = root.exceptions.flatMap((inner) => {
    const actors = actorsAt(inner, mspId);
    if (actors === 'nobody') return [];
    const exception = toException(inner, { ...around, ...withActors(inner, actors) });
    if (bounds !== undefined && inner.decision !== root.decision) {
      assertLabelled(inner, root);
      assertWins(exception, bounds, inner.path);
    }
    return [exception];
  });
  const base = root.decision === 'permit' && bounds === undefined ? 'permit' : 'deny';
  return { base, exceptions: [...(bounds === undefined ? [] : [bounds]), ...exceptions] };
}

function actorsAt({ actors }: Provision, mspId: MspId): readonly Actor[] | 'everybody' | 'nobody' {
  if (actors === undefined) return 'everybody';
  const own = actors.filter((actor) => actor.mspId === mspId);
  return own.length === 0 ? 'nobody' : own;
}

function withActors({ statement, path }: Provision, actors: readonly Actor[] | 'everybody' | 'nobody'): Statement {
  if (typeof actors === 'string') return statement;
  const axes = toActorAxes(actors, `${path}.actor`);
  assertAxes(axes, `${path}.actor`);
  return { ...statement, actor: axes };
}

function toException({ decision, period, path }: Provision, statement: Statement): ConsentException {
  const axes = toAxes(statement);
  const [fromClass, fromLabels] = [statement.class?.categories, statement.securityLabel?.categories];
  if (fromClass !== undefined && fromLabels !== undefined && fromClass.join() !== fromLabels.join()) {
    throw unsupported(path, 'takes over categories that are not those of its security labels: name the class.');
  }
  return { decision, ...axes, ...(period !== undefined && { period }) };
}

/** FHIR lets an exception win over what it is an exception to; the consent rule lets the more specific one win, and a denial among equals. */
function assertWins(exception: ConsentException, bounds: ConsentException, path: string): void {
  const lead = specificityOf(exception) - specificityOf(bounds);
  if (exception.decision === 'deny' ? lead < 0 : lead <= 0) throw unsupported(path, 'must name more than the provision around it.');
}

/** A label that denies is read otherwise than one that permits, so a permit takes over none. */
function assertLabelled(inner: Provision, root: Provision): void {
  if (inner.decision === 'permit' && root.statement.securityLabel !== undefined && inner.statement.securityLabel === undefined) {
    throw unsupported(inner.path, 'takes over security labels that deny: name its own.');
  }
}
