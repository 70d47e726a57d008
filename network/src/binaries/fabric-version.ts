/** The oldest release with the fixes that orderers under load need, and the first that is not known to fit. */
const OLDEST = [3, 1, 5] as const;
const TOO_NEW = 4;

/** What a person is told of it. */
export const ACCEPTED_VERSIONS = `${OLDEST.join('.')} or newer, below ${String(TOO_NEW)}`;

/** `3.1.5` of `v3.1.5`, `3.1.5` or `v3.1.5-snapshot-abc`; undefined for anything else. */
export function parseFabricVersion(text: string): string | undefined {
  return /^v?(\d+\.\d+\.\d+)(?:[-+].*)?$/.exec(text.trim())?.[1];
}

/** @param version three numbers: `3.1.5` */
export function isAcceptedVersion(version: string): boolean {
  const [major = 0, ...rest] = version.split('.').map(Number);
  if (major >= TOO_NEW) return false;
  const parts = [major, ...rest];
  const decisive = OLDEST.findIndex((least, index) => parts[index] !== least);
  return decisive === -1 || (parts[decisive] ?? 0) > (OLDEST[decisive] ?? 0);
}
