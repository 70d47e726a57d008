import type { Call, Operation, Script } from './script';

const PLACEHOLDER = '@';

/** The call's argument for the golden chaincode, with the script's own prefix in its keys. */
export function formatOperations(call: Call, prefix: string): string {
  return JSON.stringify(call.operations).replaceAll(PLACEHOLDER, prefix);
}

export function formatTransient({ transient = {} }: Call, prefix: string): Record<string, string> {
  return Object.fromEntries(Object.entries(transient).map(([key, value]) => [key.replaceAll(PLACEHOLDER, prefix), value]));
}

/** An answer with the placeholder for the prefix again. */
export function withoutPrefix<T>(answer: T, prefix: string): T {
  return JSON.parse(JSON.stringify(answer).replaceAll(prefix, PLACEHOLDER)) as T;
}

export function callsOf({ steps }: Script): readonly Call[] {
  return steps.flatMap((step) => ('call' in step ? [step.call] : []));
}

/** Every text in a script's operations and transient data, with the prefix: keys and values, among others. */
export function textsOf(script: Script, prefix: string): ReadonlySet<string> {
  const texts = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value === 'string') texts.add(value.replaceAll(PLACEHOLDER, prefix));
    else if (Array.isArray(value)) value.forEach(collect);
  };
  for (const call of callsOf(script)) collect([call.operations, Object.entries(call.transient ?? {})]);
  return texts;
}

/** The operation that `try` tries. */
export function unwrap(operation: Operation): Operation[] {
  return operation[0] === 'try' ? unwrap(operation[1] as Operation) : [operation];
}
