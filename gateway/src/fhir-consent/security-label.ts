import { confidentialities, type Confidentiality, type ConsentAxes, type ConsentException } from '@medaccord/chaincode/model';
import { readCodings, writeCoding } from './coding';
import type { Element } from './element';
import { inexpressible, unsupported } from './fhir-consent-error';
import type { Json } from './json';
import { areOfLabels, categoriesOf, type Axes } from './statement';
import { ACT_CODE, CONFIDENTIALITY } from './systems';

type Decision = ConsentException['decision'];

/**
 * Security labels of a provision. Confidentiality is a high water mark: a permit of R is one of data up to R, a denial of R one of data from
 * R on. Of sensitivities any may be meant; with a confidentiality both count. A permit of a sensitivity names its category, too.
 * @throws {FhirConsentError}
 */
export function readSecurityLabels(elements: readonly Element[], decision: Decision): Axes {
  const codings = readCodings(elements, [CONFIDENTIALITY, ACT_CODE]);
  const levels = codings.filter(({ system }) => system === CONFIDENTIALITY).map(({ code, path }) => readLevel(code, path));
  const labels = codings.filter(({ system }) => system === ACT_CODE).map(({ code }) => code);
  const sensitive = decision === 'permit' ? readCategories(labels, codings[0]?.path ?? '') : undefined;
  return {
    ...(levels.length > 0 &&
      (decision === 'permit' ? { confidentiality: pick(Math.max(...levels)) } : readFrom(Math.min(...levels), codings[0]?.path))),
    ...(labels.length > 0 && { labels }),
    ...(sensitive !== undefined && { categories: sensitive }),
  };
}

function readLevel(code: string, path: string): number {
  const level = (confidentialities as readonly string[]).indexOf(code);
  if (level < 0) throw unsupported(`${path}.code`, `must be one of ${confidentialities.join(', ')}.`);
  return level;
}

function readCategories(labels: readonly string[], path: string): ConsentAxes['categories'] {
  const categories = categoriesOf(labels);
  if (categories === undefined && labels.some((label) => categoriesOf([label]) !== undefined)) {
    throw unsupported(path, 'stands beside labels of no sensitive category: permit these in a provision of their own.');
  }
  return categories;
}

function readFrom(level: number, path = ''): Axes {
  if (level === 0) throw unsupported(path, 'denies every confidentiality: leave the label out.');
  return { not: { confidentiality: pick(level - 1) } };
}

function pick(level: number): Confidentiality {
  return confidentialities[level] ?? 'V';
}

/** @throws {FhirConsentError} FHIR_CONSENT_NOT_EXPRESSIBLE */
export function writeSecurityLabels(axes: Axes, decision: Decision, place: string): readonly Json[] {
  const { labels = [] } = axes;
  if (labels.some((label) => (confidentialities as readonly string[]).includes(label))) {
    throw inexpressible(`${place}.labels`, 'names a confidentiality: say it as confidentiality.');
  }
  if (decision === 'permit' && categoriesOf(labels.filter((label) => categoriesOf([label]) !== undefined)) && !areOfLabels(axes)) {
    throw inexpressible(`${place}.labels`, 'permits a sensitivity without exactly its categories.');
  }
  const levels = decision === 'permit' ? levelsUpTo(axes, place) : levelsFrom(axes, place);
  return [...levels.map((code) => writeCoding(CONFIDENTIALITY, code)), ...labels.map((code) => writeCoding(ACT_CODE, code))];
}

/** From N on all that are meant are written: readers that know no order find them. */
function levelsUpTo({ confidentiality, not }: Axes, place: string): readonly Confidentiality[] {
  if (not !== undefined) throw inexpressible(`${place}.not`, 'excludes in a way that provisions cannot.');
  if (confidentiality === undefined) return [];
  const normal = confidentialities.indexOf('N');
  const level = confidentialities.indexOf(confidentiality);
  return confidentialities.slice(Math.min(normal, level), level + 1);
}

function levelsFrom({ confidentiality, not }: Axes, place: string): readonly Confidentiality[] {
  if (confidentiality !== undefined)
    throw inexpressible(`${place}.confidentiality`, 'denies what is less confidential and not what is more.');
  if (not?.confidentiality === undefined) return [];
  const next = confidentialities[confidentialities.indexOf(not.confidentiality) + 1];
  if (next === undefined) throw inexpressible(`${place}.not`, 'excludes every confidentiality.');
  return [next];
}
