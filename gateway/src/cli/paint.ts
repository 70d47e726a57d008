const STYLES = { green: 32, red: 31, yellow: 33, dim: 2, bold: 1 } as const;

/** Colours a text, or leaves it as it is. */
export type Paint = (style: keyof typeof STYLES, text: string) => string;

export function newPaint(colour: boolean): Paint {
  return (style, text) => (colour ? `\u001b[${String(STYLES[style])}m${text}\u001b[0m` : text);
}

/** `640 ms`, `5.1 s`. */
export function formatDuration(ms: number): string {
  return ms < 1000 ? `${String(Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`;
}
