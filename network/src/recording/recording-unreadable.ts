/** A file is no recording, or not a whole one. */
export class RecordingUnreadable extends Error {
  override readonly name = 'RecordingUnreadable';
  readonly code = 'RECORDING_UNREADABLE';
  readonly hint = 'Recordings are written by `record FILE`.';

  constructor(file: string, problem: string) {
    super(`${file} cannot be read as a recording: ${problem}`);
  }
}
