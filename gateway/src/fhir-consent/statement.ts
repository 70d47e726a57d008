import { parseConsentSets, RequestInvalid, type ConsentAxes, type ConsentException } from '@medaccord/chaincode/model';
import { categoryOfSensitivity } from '../fhir/sensitivity';
import { invalid } from './fhir-consent-error';

/** The elements of a provision that say what it is about. An exception inside a provision takes over those that it does not name. */
export const elementNames = ['actor', 'purpose', 'class', 'code', 'dataPeriod', 'data', 'securityLabel'] as const;
export type ElementName = (typeof elementNames)[number];

/** The axes of an exception; of what is excluded only a confidentiality, "more confidential than". */
export type Axes = ConsentAxes & Pick<ConsentException, 'not'>;

/** The axes that each element of a provision stands for. */
export type Statement = Partial<Readonly<Record<ElementName, Axes>>>;

const elementOf: Readonly<Record<keyof Axes, ElementName>> = {
  departments: 'actor',
  roles: 'actor',
  teams: 'actor',
  persons: 'actor',
  purposes: 'purpose',
  types: 'class',
  categories: 'class',
  codes: 'code',
  dataPeriod: 'dataPeriod',
  records: 'data',
  encounters: 'data',
  authors: 'data',
  labels: 'securityLabel',
  confidentiality: 'securityLabel',
  not: 'securityLabel',
};

/** Tells which element each axis of an exception stands for. */
export function toStatement(axes: Axes): Statement {
  const statement: Partial<Record<ElementName, Axes>> = {};
  for (const [axis, value] of Object.entries(axes)) {
    const name = axis === 'categories' && areOfLabels(axes) ? 'securityLabel' : elementOf[axis as keyof Axes];
    statement[name] = { ...statement[name], [axis]: value as unknown };
  }
  return statement;
}

/** All axes of a statement. Two elements that name one axis must agree. */
export function toAxes(statement: Statement): Axes {
  return Object.assign({}, ...Object.values(statement)) as Axes;
}

/**
 * The sensitive categories of sensitivity labels: data so labelled are released only where a permit names their category. None when a
 * label belongs to no category: such data need no name.
 */
export function categoriesOf(labels: readonly string[]): ConsentAxes['categories'] {
  const found = labels.map(categoryOfSensitivity);
  return found.length === 0 || found.includes(undefined) ? undefined : [...new Set(found.flatMap((one) => one ?? []))];
}

/** Whether the categories are those of the labels, and said by them. */
export function areOfLabels({ labels = [], categories }: Axes): boolean {
  const implied = categoriesOf(labels);
  return implied !== undefined && implied.join() === categories?.join();
}

/** Checks that axes fit a consent document. @throws {FhirConsentError} FHIR_CONSENT_INVALID */
export function assertAxes(axes: Axes, path: string): void {
  try {
    parseConsentSets([{ base: 'deny', exceptions: [{ decision: 'deny', ...axes }] }], 'sets');
  } catch (error) {
    if (!(error instanceof RequestInvalid)) throw error;
    throw invalid(path, `does not fit a consent: there must be ${String(error.details['expected'])}.`);
  }
}
