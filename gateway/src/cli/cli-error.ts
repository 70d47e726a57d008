/** A command that cannot be carried out: its code, what is wrong and what to try. */
export class CliError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
    this.name = 'CliError';
  }
}

/** What can be told of anything thrown. */
export type Failure = { readonly code: string; readonly message: string; readonly place?: string; readonly hint?: string };

/** An error without a code is a defect, and says so. */
export function describeFailure(error: unknown): Failure {
  const { code, message, place, hint, stack } = error as Partial<Failure> & Error;
  if (typeof code !== 'string') {
    return { code: 'INTERNAL', message: stack ?? String(error), hint: 'This is a defect of the medaccord command; please report it.' };
  }
  return { code, message, ...(place !== undefined && { place }), ...(hint !== undefined && { hint }) };
}
