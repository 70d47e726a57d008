const BETWEEN_LINES_MS = 3000;

/** Counts a download over all its attempts, and tells of it now and then. */
export interface Progress {
  /** An attempt goes on after so many bytes of so many. */
  begin(bytes: number, total: number | undefined): void;
  add(bytes: number): void;
  bytes(): number;
  /** How often a server began to answer. */
  attempts(): number;
}

export function newProgress(tell: (text: string) => void): Progress {
  let [received, size, attempts] = [0, undefined as number | undefined, 0];
  let lastLine = { at: Date.now(), bytes: 0 };
  return {
    begin: (bytes, total) => {
      [received, size, attempts] = [bytes, total, attempts + 1];
      lastLine = { at: Date.now(), bytes };
      tell(
        `downloading ${total === undefined ? '' : `${formatBytes(total)} `}${bytes === 0 ? '' : `(${formatBytes(bytes)} are here)`}`.trim(),
      );
    },
    add: (bytes) => {
      received += bytes;
      const now = Date.now();
      if (now - lastLine.at < BETWEEN_LINES_MS) return;
      const perSecond = ((received - lastLine.bytes) * 1000) / (now - lastLine.at);
      lastLine = { at: now, bytes: received };
      tell(formatProgress(received, size, perSecond));
    },
    bytes: () => received,
    attempts: () => attempts,
  };
}

/** `34.0 MB`. */
export function formatBytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function formatProgress(received: number, size: number | undefined, perSecond: number): string {
  const share = size === undefined ? '' : ` of ${formatBytes(size)} (${String(Math.floor((received / size) * 100))} %)`;
  return `${formatBytes(received)}${share}, ${formatBytes(perSecond)}/s`;
}
