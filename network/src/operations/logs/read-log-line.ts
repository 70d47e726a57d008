/** A line of a log, with the time that it says it is of. */
export interface LogLine {
  /** Milliseconds since the epoch; undefined: the line says none. */
  readonly time: number | undefined;
  /** The line without its time and without colours. */
  readonly text: string;
}

const COLOURS = /\u001b\[[0-9;]*m/g;
/** `2026-11-21T15:19:54.759Z INFO`, and Fabric's own `2026-11-21 15:19:54.877 UTC 0001 INFO` with a number of the line. */
const DATED = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:[.,]\d{1,9})?) ?(Z|UTC|[+-]\d\d:?\d\d)(?: [0-9a-f]{4,}(?= ))? ?/;
const TIMES = ['time', 'timestamp', 'ts', 'at'];
const LEVELS: Readonly<Record<string, string>> = { 10: 'TRACE', 20: 'DEBUG', 30: 'INFO', 40: 'WARN', 50: 'ERROR', 60: 'FATAL' };

/** Reads a line of any process of a network: JSON as pino writes it, a line that begins with its time, or a plain one. */
export function readLogLine(line: string): LogLine {
  const fields = line.startsWith('{') ? parseObject(line) : undefined;
  return fields === undefined ? readDated(line.replace(COLOURS, '')) : readFields(fields);
}

function readDated(text: string): LogLine {
  const match = DATED.exec(text);
  if (match === null) return { time: undefined, text };
  const [head, date = '', clock = '', zone = ''] = match;
  const time = Date.parse(`${date}T${clock.replace(',', '.')}${zone === 'UTC' ? 'Z' : zone}`);
  return Number.isNaN(time) ? { time: undefined, text } : { time, text: text.slice(head.length) };
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function readFields(fields: Readonly<Record<string, unknown>>): LogLine {
  const name = TIMES.find((each) => readTime(fields[each]) !== undefined);
  const { level, msg, message, ...rest } = fields;
  const said = [typeof level === 'number' ? (LEVELS[level] ?? level) : level, msg ?? message];
  const facts = Object.entries(rest).filter(([key]) => key !== name);
  const parts = [...said.filter((part) => part !== undefined).map(String), ...facts.map(([key, value]) => `${key}=${formatValue(value)}`)];
  return { time: name === undefined ? undefined : readTime(fields[name]), text: parts.join(' ') };
}

function readTime(value: unknown): number | undefined {
  const time = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

function formatValue(value: unknown): string {
  return typeof value === 'string' && /^\S+$/.test(value) ? value : JSON.stringify(value);
}
