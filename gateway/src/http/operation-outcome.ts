import type { ErrorCategory } from '@medaccord/chaincode/model';
import type { PlacedIssue } from '../validation';
import { categoryTable, type ProblemDocument } from './problem-document';

type Json = Readonly<Record<string, unknown>>;

/** An error as FHIR tells it (R4 operationoutcome.html): what a problem document says, with the house's code in `details`. */
export function formatOutcome(problem: ProblemDocument, category: ErrorCategory): Json {
  const { code, title, instance, details = {} } = problem;
  const shared = {
    severity: category === 'internal' ? 'fatal' : 'error',
    code: categoryTable[category].issue,
    details: { coding: [{ system: 'urn:medaccord:error', code }], text: title },
  };
  const found = Array.isArray(details['issues']) ? (details['issues'] as readonly Partial<PlacedIssue>[]) : undefined;
  const issue = found?.map((one) => ({ ...shared, ...describeIssue(one) })) ?? [{ ...shared, ...describe(problem) }];
  return { resourceType: 'OperationOutcome', id: instance.replace(/^urn:uuid:/, ''), issue };
}

function describe({ detail, transactionId, details = {} }: ProblemDocument): Json {
  const { place } = details;
  return {
    diagnostics: transactionId === undefined ? detail : `${detail} (transaction ${transactionId})`,
    ...(typeof place === 'string' ? { expression: [place] } : {}),
  };
}

/** An issue that validation found: the element, of the bundle where it is in one, and the rule. */
function describeIssue({ entry, path = '', rule = '', problem = '' }: Partial<PlacedIssue>): Json {
  const inBundle = path.replace(/^[A-Za-z]+/, `Bundle.${entry ?? ''}.resource`);
  return { diagnostics: `${problem} [${rule}]`, expression: [entry === undefined ? path : inBundle] };
}
