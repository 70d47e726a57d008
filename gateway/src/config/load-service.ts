import { isIP } from 'node:net';
import { isProtectedAddress } from './issuers-document';
import { parseBound, type Environment } from './parse-bound';
import type { ServiceConfig } from './service-config';
import type { VariableName } from './variables';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Reads how the gateway behaves as a service; whatever is wrong is added to the problems. */
export function loadService(env: Environment, problems: string[]): ServiceConfig {
  const parse = (name: VariableName, fallback: number, least: number, most: number): number =>
    parseBound(env, { name, least, most }, fallback, problems);
  return {
    load: {
      reads: parse('MEDACCORD_MAX_READS', 64, 1, 10_000),
      writes: parse('MEDACCORD_MAX_WRITES', 256, 1, 10_000),
      waiting: parse('MEDACCORD_MAX_WAITING', 512, 0, 100_000),
      waitMs: parse('MEDACCORD_TURN_WITHIN_MS', 2_000, 1, minuteMs),
      perCaller: parse('MEDACCORD_MAX_PER_CALLER', 256, 1, 100_000),
    },
    answerWithinMs: parse('MEDACCORD_ANSWER_WITHIN_MS', 2 * minuteMs, 100, 60 * minuteMs),
    bodyWithinMs: parse('MEDACCORD_BODY_WITHIN_MS', minuteMs / 2, 100, 60 * minuteMs),
    heartbeatMs: parse('MEDACCORD_HEARTBEAT_MS', minuteMs / 4, 100, minuteMs),
    corsOrigins: parseList(env, { name: 'MEDACCORD_CORS_ORIGINS', isRight: isOrigin, meaning: 'origins (https://host:port)' }, problems),
    trustedProxies: parseList(env, { name: 'MEDACCORD_TRUSTED_PROXIES', ...networks }, problems),
    metricsFrom: parseList(env, { name: 'MEDACCORD_METRICS_FROM', ...networks, fallback: '127.0.0.0/8,::1' }, problems),
    traces: parseTraces(env, parse('MEDACCORD_TRACES_PERCENT', 100, 0, 100), problems),
    webhooks: {
      origins: parseList(env, { name: 'MEDACCORD_WEBHOOK_ORIGINS', isRight: isProtectedOrigin, meaning: protectedOrigins }, problems),
      networks: parseList(env, { name: 'MEDACCORD_WEBHOOK_NETWORKS', ...networks }, problems),
      answerWithinMs: parse('MEDACCORD_WEBHOOK_WITHIN_MS', 10_000, 100, minuteMs),
      giveUpAfterMs: parse('MEDACCORD_WEBHOOK_GIVE_UP_MS', 3 * dayMs, minuteMs, 30 * dayMs),
    },
    drain: {
      noticeMs: parse('MEDACCORD_DRAIN_NOTICE_MS', 0, 0, 10 * minuteMs),
      withinMs: parse('MEDACCORD_DRAIN_WITHIN_MS', 7_000, 1_000, 10 * minuteMs),
    },
  };
}

/** The endpoint is that of all signals, as OpenTelemetry has it: traces are below it. */
function parseTraces(env: Environment, percent: number, problems: string[]): ServiceConfig['traces'] {
  const endpoint = env['MEDACCORD_OTLP_ENDPOINT'] ?? env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? '';
  if (endpoint === '') return undefined;
  if (/^https?:/.test(endpoint) && URL.canParse(endpoint)) return { url: `${endpoint.replace(/\/$/, '')}/v1/traces`, percent };
  problems.push('MEDACCORD_OTLP_ENDPOINT must be the address of a collector, such as http://localhost:4318');
  return undefined;
}

const networks = { isRight: isNetwork, meaning: 'IP addresses and networks (10.0.0.0/8)' };

interface ListOf {
  readonly name: VariableName;
  readonly isRight: (value: string) => boolean;
  readonly meaning: string;
  readonly fallback?: string;
}

function parseList(env: Environment, { name, isRight, meaning, fallback = '' }: ListOf, problems: string[]): readonly string[] {
  const values = (env[name] ?? fallback)
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
  if (values.every(isRight)) return values;
  problems.push(`${name} must be a list of ${meaning}, separated by commas`);
  return [];
}

/** As a browser sends it: no path, no default port, no pattern. */
function isOrigin(value: string): boolean {
  return /^https?:[^*]+$/.test(value) && URL.canParse(value) && new URL(value).origin === value;
}

const protectedOrigins = 'origins (https://host:port), http only on this very machine';

function isProtectedOrigin(value: string): boolean {
  return isOrigin(value) && isProtectedAddress(value);
}

function isNetwork(value: string): boolean {
  const [address = '', prefix, ...more] = value.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}
