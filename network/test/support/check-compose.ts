import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

interface Validator {
  (document: unknown): boolean;
  readonly errors?: readonly object[] | null;
}

const linter = createRequire(require.resolve('dclint'));
const { default: Ajv } = linter('ajv') as { default: new (options: object) => { compile(schema: object): Validator } };
const schema = JSON.parse(readFileSync(join(dirname(require.resolve('dclint')), '../schemas/compose.schema.json'), 'utf8')) as Record<
  string,
  unknown
>;
// The linter brings the schema of the Compose specification; the identity of its dialect lacks a `#` that Ajv has.
delete schema['$schema'];
const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);

/** What the Compose specification does not allow in a document, one line for each mistake. */
export function findComposeMistakes(document: unknown): string[] {
  return validate(document) ? [] : (validate.errors ?? []).map((error) => JSON.stringify(error));
}
