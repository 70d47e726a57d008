import { chartNames, type ChartName } from '../test-chart';
import type { Answer, Sent } from '../door';
import type { TestConsortium } from '../test-consortium';
import type { Caller, Visit } from './callers';
import type { Row } from './expectations';
import type { Request } from './requests';
import type { State } from './states';

/** How many requests are under way. */
const atOnce = 16;

/** A leak, in words; or a resource that should have been seen and was not, which would make a walk blind. */
export type Finding = string;

/** What one caller got of one route in one state. */
export interface Step {
  /** `GET /fhir/:type`. */
  readonly route: string;
  readonly row: Row;
  readonly caller: Caller;
  readonly state: State;
  /** Asked once, not in every way. */
  readonly isBrief: boolean;
}

/** Takes the steps and gives what is wrong. */
export async function walk(consortium: TestConsortium, steps: readonly Step[]): Promise<{ findings: Finding[]; requests: number }> {
  const findings: Finding[] = [];
  const counted = { requests: 0 };
  const left = [...steps];
  const work = async (): Promise<void> => {
    for (let step = left.pop(); step !== undefined; step = left.pop()) findings.push(...(await take(consortium, step, counted)));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { findings, requests: counted.requests };
}

async function take(
  consortium: TestConsortium,
  { route, row, caller, state, isBrief }: Step,
  counted: { requests: number },
): Promise<Finding[]> {
  const token = await tokenOf(caller, state);
  const [method = '', path = ''] = route.split(' ');
  const send = (to: string, sent: Sent = {}): Promise<Answer> => {
    counted.requests += 1;
    return consortium.gateway(caller.at).send(to, { method, ...sent, ...(token !== undefined && { token }) });
  };
  const visit: Visit = { caller, state, send };
  const may = new Set(row.sees(visit));
  const shown = new Set<ChartName>();
  const findings: Finding[] = [];
  const where = `${route} by ${caller.name} at ${caller.at} in ${state.name}`;
  for (const request of row.ask(path, state).slice(0, isBrief ? 1 : undefined)) {
    const answer = await send(request.path, request.sent);
    for (const finding of await judge(visit, { row, may, shown }, request, answer)) findings.push(`${where}: ${finding}`);
    if (answer.status === 401 || answer.status === 403) break;
  }
  const missed = row.shows === 'nothing' || row.shows === 'presence' ? [] : [...may].filter((name) => !shown.has(name));
  return [...findings, ...missed.map((name) => `${where}: ${name} was not shown, though it may be`)];
}

const tokens = new WeakMap<Caller, Map<State, Promise<string | undefined>>>();

/** One token of a caller for a state serves all its requests. */
function tokenOf(caller: Caller, state: State): Promise<string | undefined> {
  const known = tokens.get(caller) ?? new Map<State, Promise<string | undefined>>();
  tokens.set(caller, known);
  const token = known.get(state) ?? caller.newToken(state);
  known.set(state, token);
  return token;
}

interface Measure {
  readonly row: Row;
  readonly may: ReadonlySet<ChartName>;
  /** What was shown so far. */
  readonly shown: Set<ChartName>;
}

async function judge(visit: Visit, { row, may, shown }: Measure, request: Request, answer: Answer): Promise<Finding[]> {
  const { chart } = visit.state;
  const said = heard(answer);
  const findings: Finding[] = answer.status >= 500 ? [`answered ${String(answer.status)}`] : [];
  for (const name of chartNames) {
    const isHeard = tellersOf(name, visit, may).some((canary) => said.includes(canary));
    if (isHeard && may.has(name)) shown.add(name);
    if (isHeard && !may.has(name) && !isPartOf(name, row, may, visit)) findings.push(`${name} is heard of (${request.path})`);
  }
  const total = answer.body?.total as number | undefined;
  const most = [...may].filter((name) => chart.entries[name].type === request.counts).length;
  if (
    request.counts !== undefined &&
    total !== undefined &&
    row.shows === 'resources' &&
    (may.size === 0 || isOneChart(visit)) &&
    total !== most
  )
    findings.push(`counts ${String(total)} of ${String(most)} (${request.path})`);
  const hidden = request.names !== undefined && !may.has(request.names);
  if (hidden && request.absent !== undefined) findings.push(...(await compare(visit, request, answer)));
  return findings;
}

/** Whoever sees anything of a relation knows whose it is, by the reference to her Patient. */
function tellersOf(name: ChartName, { state: { chart } }: Visit, may: ReadonlySet<ChartName>): readonly string[] {
  const { id, canaries } = chart.entries[name];
  return name === 'patient' && may.size > 0 && !may.has(name) ? canaries.filter((canary) => canary !== id) : canaries;
}

/** Bytes as they were anchored say what they say, also of others. */
function isPartOf(name: ChartName, { shows }: Row, may: ReadonlySet<ChartName>, { state: { chart } }: Visit): boolean {
  if (shows !== 'bytes') return false;
  const bytes = [...may].map((one) => JSON.stringify(chart.entries[one].resource)).join('\n');
  return chart.entries[name].canaries.some((canary) => bytes.includes(canary));
}

/** To staff of its custodian a chart is one of many. */
function isOneChart({ caller: { at, isPatient } }: Visit): boolean {
  return at !== 'AlphaMSP' || isPatient === true;
}

/** All of an answer but the link back to the very search, which names what the caller named. */
function heard({ text, headers }: Answer): string {
  const said = `${text}\n${[...headers].map((pair) => pair.join(': ')).join('\n')}`;
  return said.replaceAll(/"url":"[^"]*"|<url value="[^"]*"/g, (url) => (url.includes('?') && !url.includes('_cursor=') ? '' : url));
}

/** Somebody who does not see a resource must not tell it from one that never was. */
async function compare(visit: Visit, request: Request, answer: Answer): Promise<Finding[]> {
  const { absent, names, path } = request;
  if (absent === undefined || names === undefined) return [];
  const other = await visit.send(absent.path, absent.sent);
  const { id } = visit.state.chart.entries[names];
  const plain = ({ status, text, headers }: Answer): string => {
    const kept = [...headers].filter(([name]) => !['date', 'x-request-id', 'content-length', 'connection', 'keep-alive'].includes(name));
    const body = text
      .replaceAll(/"(id|instance)":"[^"]*"/g, '')
      .replaceAll(id, 'x')
      .replaceAll(/n{10,}/g, 'x');
    return `${String(status)} ${body.length > 0 ? body : ''} ${JSON.stringify(kept)}`;
  };
  const isSame = plain(answer) === plain(other);
  return isSame ? [] : [`${names} is told from what never was (${path}): ${plain(answer).slice(0, 200)} <> ${plain(other).slice(0, 200)}`];
}
