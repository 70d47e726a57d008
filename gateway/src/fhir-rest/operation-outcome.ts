import type { JsonObject } from '../fhir';

/** An OperationOutcome with one issue that is no error. */
export function newNotice(
  severity: 'information' | 'warning',
  code: 'informational' | 'not-supported' | 'too-costly',
  text: string,
): JsonObject {
  return { resourceType: 'OperationOutcome', issue: [{ severity, code, diagnostics: text }] };
}
