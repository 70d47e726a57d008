import { CodedError } from '../coded-error';

/** A command that was written wrongly. */
export class UsageError extends CodedError<'USAGE'> {
  constructor(message: string) {
    super('USAGE', message, 'See `network help`.');
  }
}
