/** A step of the story did not hold: which code, where, and what to try. */
export class StoryError extends Error {
  readonly place: string | undefined;
  readonly hint: string | undefined;

  constructor(
    readonly code: string,
    message: string,
    more: { readonly place?: string | undefined; readonly hint?: string | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.name = 'StoryError';
    this.place = more.place;
    this.hint = more.hint;
  }
}

/** A fact that a step checks. @throws {StoryError} STORY_CHECK_FAILED */
export function assertHolds(isTrue: boolean, claim: string): asserts isTrue {
  if (isTrue) return;
  throw new StoryError('STORY_CHECK_FAILED', `This does not hold: ${claim}.`, {
    hint: 'This is a defect of the consortium software: please report it with the logs of the gateways.',
  });
}
