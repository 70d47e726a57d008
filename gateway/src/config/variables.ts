/** One environment variable: what it means and what holds without it. */
export interface Variable {
  readonly name: string;
  readonly meaning: string;
  /** What is used when the variable is not set; `undefined`: it must be set. */
  readonly fallback: string | undefined;
}

export const variables = [
  {
    name: 'MEDACCORD_CONNECTION',
    meaning: 'path of the connection document that the network rendered for this organisation',
    fallback: undefined,
  },
  { name: 'MEDACCORD_LISTEN_HOST', meaning: 'address to listen on', fallback: 'listen.host of the connection document' },
  { name: 'MEDACCORD_LISTEN_PORT', meaning: 'port to listen on; 0 takes a free one', fallback: 'listen.port of the connection document' },
  { name: 'MEDACCORD_DATA', meaning: "folder of this gateway's own data", fallback: 'data of the connection document' },
  {
    name: 'MEDACCORD_KEYS',
    meaning: "folder of the organisation's keys; gateways of one organisation share it",
    fallback: 'keys in the data folder',
  },
  {
    name: 'MEDACCORD_DATABASE_URL',
    meaning: 'address of the PostgreSQL database (postgresql://...) that gateways of one organisation share',
    fallback: 'a SQLite file in the data folder',
  },
  { name: 'MEDACCORD_LOG_LEVEL', meaning: 'silent, error, warn, info or debug', fallback: 'info' },
  { name: 'MEDACCORD_MAX_IMPORT_BYTES', meaning: 'largest accepted import, in bytes', fallback: '33554432' },
  { name: 'MEDACCORD_STALE_AFTER_MS', meaning: 'age of the last proven ledger height after which nothing is answered', fallback: '15000' },
  {
    name: 'MEDACCORD_HEIGHTS_WITHIN_MS',
    meaning: "age of two other members' signed heights after which no consent check is answered",
    fallback: '10000',
  },
  {
    name: 'MEDACCORD_AUDIT_ANCHOR_MS',
    meaning: 'how often the root of the audit log is put on the ledger, if there are new entries',
    fallback: '600000',
  },
  {
    name: 'MEDACCORD_OPEN_WRITES_PER_MINUTE',
    meaning: "how often a minute one address may write by a patient's signature alone",
    fallback: '600',
  },
  { name: 'MEDACCORD_PASSWORD_MEMORY_KIB', meaning: 'memory that one guess of a password takes (Argon2id), in KiB', fallback: '19456' },
  { name: 'MEDACCORD_PASSWORD_PASSES', meaning: 'passes over that memory', fallback: '2' },
  {
    name: 'MEDACCORD_ISSUERS',
    meaning: 'path of a document that names the external OpenID issuers whose tokens count here',
    fallback: 'none',
  },
  {
    name: 'MEDACCORD_PROFILES',
    meaning: 'folder of FHIR profiles (StructureDefinitions with snapshots) that resources are held against when they name them',
    fallback: 'none',
  },
  {
    name: 'MEDACCORD_UNKNOWN_PROFILES',
    meaning: 'ignore or refuse: what a resource gets that names a profile not in that folder',
    fallback: 'ignore',
  },
  { name: 'MEDACCORD_MAX_READS', meaning: 'requests that only read, under way at once', fallback: '64' },
  { name: 'MEDACCORD_MAX_WRITES', meaning: 'requests that write, under way at once', fallback: '256' },
  { name: 'MEDACCORD_MAX_WAITING', meaning: 'requests of either kind that wait for their turn; all others get 503', fallback: '512' },
  { name: 'MEDACCORD_TURN_WITHIN_MS', meaning: 'longest wait for a turn, then 503', fallback: '2000' },
  { name: 'MEDACCORD_MAX_PER_CALLER', meaning: 'requests that one caller may have under way or waiting; then 429', fallback: '256' },
  {
    name: 'MEDACCORD_ANSWER_WITHIN_MS',
    meaning: 'time after which a request is answered with 504 and what is known; Prefer: wait adds to it',
    fallback: '120000',
  },
  { name: 'MEDACCORD_BODY_WITHIN_MS', meaning: 'time that a caller may take to send a body; then 408', fallback: '30000' },
  {
    name: 'MEDACCORD_HEARTBEAT_MS',
    meaning: 'longest silence of an open stream of events; a reader that reads nothing for so long is cut off',
    fallback: '15000',
  },
  { name: 'MEDACCORD_CORS_ORIGINS', meaning: 'origins whose scripts may call, separated by commas', fallback: 'none' },
  {
    name: 'MEDACCORD_TRUSTED_PROXIES',
    meaning: 'addresses and networks whose X-Forwarded headers are believed, separated by commas',
    fallback: 'none',
  },
  {
    name: 'MEDACCORD_METRICS_FROM',
    meaning: 'addresses and networks from which /metrics is read, not through a proxy; empty: from none',
    fallback: '127.0.0.0/8,::1',
  },
  {
    name: 'MEDACCORD_OTLP_ENDPOINT',
    meaning: 'collector that is told of traces, over OTLP/HTTP (http://localhost:4318)',
    fallback: 'OTEL_EXPORTER_OTLP_ENDPOINT, or none',
  },
  { name: 'MEDACCORD_TRACES_PERCENT', meaning: 'of a hundred traces that begin here, how many are told', fallback: '100' },
  {
    name: 'MEDACCORD_WEBHOOK_ORIGINS',
    meaning: 'origins to which webhooks may go (https://host:port; http on this very machine), separated by commas',
    fallback: 'none',
  },
  {
    name: 'MEDACCORD_WEBHOOK_NETWORKS',
    meaning: 'networks that are not public and in which these may be, separated by commas',
    fallback: 'none',
  },
  { name: 'MEDACCORD_WEBHOOK_WITHIN_MS', meaning: 'time that the receiver of a webhook may take to answer', fallback: '10000' },
  {
    name: 'MEDACCORD_WEBHOOK_GIVE_UP_MS',
    meaning: 'time after which a webhook that does not arrive is given up, and its subscription with it',
    fallback: '259200000',
  },
  { name: 'MEDACCORD_DRAIN_NOTICE_MS', meaning: 'how long a stop is announced at /readyz while all is still answered', fallback: '0' },
  { name: 'MEDACCORD_DRAIN_WITHIN_MS', meaning: 'how long a stop may then take', fallback: '7000' },
] as const satisfies readonly Variable[];

export type VariableName = (typeof variables)[number]['name'];

/** The table of variables as text, for `--help` and error messages. */
export function formatVariables(): string {
  const width = Math.max(...variables.map(({ name }) => name.length));
  return variables
    .map(
      ({ name, meaning, fallback }) =>
        `${name.padEnd(width)}  ${meaning} (${fallback === undefined ? 'required' : `default: ${fallback}`})`,
    )
    .join('\n');
}
