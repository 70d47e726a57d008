import type { ErrorCategory } from '@medaccord/chaincode/model';
import { categoryTable, type ProblemDocument } from './problem-document';

/** An error as FHIR tells it (R4 operationoutcome.html): what a problem document says, with the house's code in `details`. */
export function formatOutcome(problem: ProblemDocument, category: ErrorCategory): Readonly<Record<string, unknown>> {
  const { code, title, detail, instance, transactionId, details = {} } = problem;
  const coding = [{ system: 'urn:medaccord:error', code }];
  const place = typeof details['place'] === 'string' ? details['place'] : undefined;
  const told = transactionId === undefined ? detail : `${detail} (transaction ${transactionId})`;
  return {
    resourceType: 'OperationOutcome',
    id: instance.replace(/^urn:uuid:/, ''),
    issue: [
      {
        severity: category === 'internal' ? 'fatal' : 'error',
        code: categoryTable[category].issue,
        details: { coding, text: title },
        diagnostics: told,
        ...(place === undefined ? {} : { expression: [place] }),
      },
    ],
  };
}
