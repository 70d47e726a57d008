import type { JsonObject } from '../fhir';
import { formatEntityTag } from './entity-tag';

/** A version of a resource by name. */
export interface VersionName {
  /** `Type/id`. */
  readonly reference: string;
  readonly version: number;
  /** When it was anchored. */
  readonly lastUpdated: string;
}

/** What an interaction answers, before it is a response of its own or an entry of a bundle. */
export interface FhirAnswer {
  readonly status: number;
  /** None where there is nothing to say, or the caller wants none. */
  readonly resource?: JsonObject | undefined;
  readonly version?: VersionName | undefined;
}

/** The headers that name the version (FHIR R4 http.html#versions); of a created resource also its location. */
export function newVersionHeaders(base: string, { status, version }: FhirAnswer): Readonly<Record<string, string>> {
  if (version === undefined) return {};
  const location = `${base}/${version.reference}/_history/${String(version.version)}`;
  return {
    etag: formatEntityTag(version.version),
    'last-modified': new Date(version.lastUpdated).toUTCString(),
    'content-location': location,
    ...(status === 201 ? { location } : {}),
  };
}
