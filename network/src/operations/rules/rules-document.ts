import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { writePublicFile } from '../../files';
import { OperationsError } from '../operations-error';

const legalBasis = z.looseObject({
  purpose: z.string(),
  roles: z.array(z.string()),
  categories: z.array(z.string()),
  confidentiality: z.string(),
});

/** As far as it is told in words; the chaincode is what checks it. */
const rulesDocument = z.looseObject({
  version: z.int().min(1),
  purposes: z.array(z.string()),
  roles: z.record(z.string(), z.string()),
  deadlines: z.record(z.string(), z.json()),
  legalBases: z.array(legalBasis).optional(),
  suspended: z.array(z.string()),
});

/** One version of the consortium rules, all of it: what members approve. */
export type RulesDocument = z.output<typeof rulesDocument>;

/** @throws OperationsError RULES_FILE_INVALID for what is no rules document */
export function parseRulesDocument(text: string, source: string): RulesDocument {
  const parsed = rulesDocument.safeParse(parseJson(text, source));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refuse(source, `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim());
}

/** @throws OperationsError RULES_FILE_INVALID */
export function readRulesFile(file: string): RulesDocument {
  try {
    return parseRulesDocument(readFileSync(file, 'utf8'), file);
  } catch (error) {
    if (error instanceof OperationsError) throw error;
    throw refuse(file, (error as Error).message);
  }
}

/** Writes the file whole, or not at all. It holds nothing secret: every member is to read it. */
export function writeRulesFile(file: string, document: RulesDocument): void {
  writePublicFile(file, `${JSON.stringify(document, undefined, 2)}\n`);
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse(source, 'it is no JSON');
  }
}

function refuse(source: string, problem: string): OperationsError {
  const hint = 'Take a file that `rules` wrote, and edit that.';
  return new OperationsError('RULES_FILE_INVALID', `${source} holds no consortium rules: ${problem}.`, hint);
}
