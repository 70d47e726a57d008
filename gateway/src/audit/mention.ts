/** Of what a request or its answer tells: names of persons and records in it. */
export interface Mention {
  readonly subjectRef?: string;
  readonly relationRef?: string;
  readonly requestId?: string;
  readonly recordId?: string;
  /** `Type/id`, with or without `/_history/version`. */
  readonly reference?: string;
}

const names = ['subjectRef', 'relationRef', 'requestId', 'recordId'] as const;
/** Answers nest no deeper. */
const deepest = 4;

/** Every object in a value that names a person or a record, with what stands around it. */
export function listMentions(value: unknown, around: Mention = {}, depth = 0): readonly Mention[] {
  if (Array.isArray(value)) return value.flatMap((one) => listMentions(one, around, depth + 1));
  if (typeof value !== 'object' || value === null || depth > deepest) return [];
  const own = Object.fromEntries(
    names.flatMap((name) => {
      const found = (value as Readonly<Record<string, unknown>>)[name];
      return typeof found === 'string' ? [[name, found]] : [];
    }),
  );
  const here: Mention = { ...around, ...own };
  const inside = Object.values(value).flatMap((one) => listMentions(one, here, depth + 1));
  return Object.keys(own).length === 0 ? inside : [here, ...inside];
}
