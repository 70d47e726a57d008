import { distinct, list, object, oneOf, opaque, optional, RequestInvalid, text, type Parsed, type Parser } from '../encoding/parser';
import { parseResourceType, parseSystem } from '../record-details';

const MOST = 1000;

/** The codes of http://terminology.hl7.org/CodeSystem/claim-type. */
export const claimTypes = ['institutional', 'oral', 'pharmacy', 'professional', 'vision'] as const;

/** The name of a part of a plan. */
export const parsePartId = text(/^[a-z0-9][a-z0-9-]{0,63}$/, 'a name of small letters, digits and hyphens');

const axes = {
  /** A code of a system; without a code, every code of the system. */
  codes: optional(list(object({ system: parseSystem, code: optional(opaque(128)) }), 1, MOST)),
  claimTypes: optional(distinct(oneOf(claimTypes), 1, claimTypes.length)),
  /** FHIR types of the records that the line names. */
  recordTypes: optional(distinct(parseResourceType, 1, MOST)),
};

function namesSomething<T extends object>(parse: Parser<T>): Parser<T> {
  return (value, place) => {
    const services = parse(value, place);
    if (Object.keys(services).length === 0) throw new RequestInvalid(place, 'at least one of codes, claimTypes, recordTypes, categories');
    return services;
  };
}

/** Which services a category holds. */
export const parseCategoryServices = namesSomething(object(axes));

/** Which services a rule of a plan is about: those that every axis that it names fits. */
export const parseServices = namesSomething(object({ ...axes, categories: optional(distinct(parsePartId, 1, MOST)) }));
export type Services = Parsed<typeof parseServices>;

/** What a line tells of its service. */
export interface Service {
  readonly service: { readonly system: string; readonly code: string };
  readonly claimType: string;
  readonly recordTypes: readonly string[];
  readonly category: string | undefined;
}

/** Tells whether a service is one of those: each axis that is named must fit. */
export function isServiceOf(services: Services, line: Service): boolean {
  const { service } = line;
  const fits = [
    services.codes?.some(({ system, code }) => system === service.system && (code === undefined || code === service.code)),
    services.claimTypes?.some((type) => type === line.claimType),
    services.recordTypes?.some((type) => line.recordTypes.includes(type)),
    services.categories?.some((category) => category === line.category),
  ];
  return fits.every((one) => one !== false);
}
