import { CodedError } from '../coded-error';

/** A file is no recording, or not a whole one. */
export class RecordingUnreadable extends CodedError<'RECORDING_UNREADABLE'> {
  constructor(file: string, problem: string) {
    super('RECORDING_UNREADABLE', `${file} cannot be read as a recording: ${problem}`, 'Recordings are written by `record FILE`.');
  }
}
