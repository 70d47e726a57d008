interface Code {
  readonly system: string;
  readonly code: string;
}

/** One text for a code of a system. */
export function codeKey({ system, code }: Code): string {
  return `${system}|${code}`;
}

export function isSameCode(one: Code, other: Code): boolean {
  return one.code === other.code && one.system === other.system;
}
