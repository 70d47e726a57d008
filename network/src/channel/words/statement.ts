/** One thing that changes, in words for people who decide about it; `details` belong to it. */
export interface Statement {
  readonly text: string;
  readonly details: readonly string[];
}

export function newStatement(text: string, details: readonly string[] = []): Statement {
  return { text, details };
}

/** `Blocks per minute: 3 instead of 2.`; nothing where both are the same. */
export function describeChange(label: string, before: string | undefined, after: string | undefined): readonly string[] {
  if (before === after) return [];
  if (before === undefined) return [`${label}: ${after ?? ''}.`];
  return [after === undefined ? `${label}: none any more; it was ${before}.` : `${label}: ${after} instead of ${before}.`];
}

export function formatList(items: readonly string[]): string {
  return items.length === 0 ? 'none' : items.join(', ');
}

/** Every line of the statements, details indented. */
export function formatStatements(statements: readonly Statement[]): readonly string[] {
  return statements.flatMap(({ text, details }) => [text, ...details.map((detail) => `  ${detail}`)]);
}
