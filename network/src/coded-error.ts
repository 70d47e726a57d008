/**
 * An error that people are told of, by stable code: `message` says what is the matter and where, `hint` the way out.
 * Each room has a class of its own with its list of codes; its name is the class's.
 */
export abstract class CodedError<Code extends string> extends Error {
  readonly code: Code;
  readonly hint: string | undefined;

  constructor(code: Code, message: string, hint?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = hint;
  }
}
