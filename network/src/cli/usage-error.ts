/** A command that was written wrongly. */
export class UsageError extends Error {
  readonly code = 'USAGE';
  readonly hint = 'See `network help`.';

  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
