/** Families of errors; each has one HTTP status. The chaincode's errors use the same names. */
export const categories = [
  'invalid',
  'unauthenticated',
  'forbidden',
  'not-found',
  'conflict',
  'rule',
  'gone',
  'contention',
  'unavailable',
  'uncertain',
  'internal',
] as const;

export type Category = (typeof categories)[number];
