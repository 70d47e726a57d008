import { compartmentElementsOf, resourceTypes } from '../fhir';
import { parseInstant, parseTypes, type Pair } from '../fhir-rest';
import { newError } from '../problem';

/** What a client asks to be exported. */
export interface ExportRequest {
  /** Of everything that is held, or of the Patient compartment only. */
  readonly level: 'system' | 'patient';
  readonly types: readonly string[];
  /** Written at this instant or later; everything without. */
  readonly since: string | undefined;
}

const formats = new Set(['application/fhir+ndjson', 'application/ndjson', 'ndjson']);
const known = new Set(['_outputFormat', '_type', '_since']);

/**
 * Reads the parameters of `$export` (Bulk Data Access 2.0). What is not known is refused, unless the caller prefers that it be passed over.
 * @throws CodedError REQUEST_INVALID, SEARCH_PARAMETER_UNKNOWN
 */
export function parseExportRequest(level: ExportRequest['level'], pairs: readonly Pair[], isLenient: boolean): ExportRequest {
  if (!isLenient && pairs.some(([name]) => !known.has(name)))
    throw newError(
      'SEARCH_PARAMETER_UNKNOWN',
      'An export takes _type, _since and _outputFormat; with Prefer: handling=lenient others are passed over',
    );
  const asked = new Map(pairs);
  // A plus sign in a query is a space.
  const format = asked.get('_outputFormat')?.replace('fhir ndjson', 'fhir+ndjson');
  if (format !== undefined && !formats.has(format))
    throw newError('REQUEST_INVALID', 'query._outputFormat: must be application/fhir+ndjson');
  const offered = level === 'system' ? resourceTypes : resourceTypes.filter(isOfPatients);
  return { level, types: parseTypes(asked.get('_type'), offered), since: parseInstant(asked.get('_since'), '_since') };
}

function isOfPatients(type: string): boolean {
  return type === 'Patient' || compartmentElementsOf(type).length > 0;
}
