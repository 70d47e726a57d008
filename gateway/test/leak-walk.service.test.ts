import { listCallers, listOtherStaff, type Caller } from './support/walk/callers';
import { department } from './support/walk/department';
import { expectations, type Row } from './support/walk/expectations';
import { listRoutes } from './support/walk/list-routes';
import { newState, stateNames, type State } from './support/walk/states';
import { walk, type Step } from './support/walk/walk';
import { TestConsortium } from './support/test-consortium';
import { TestPatient } from './support/test-patient';

jest.setTimeout(240_000);

/** Every route by every caller in every state of the consent: nobody hears of a record that they may not see. */
const consortium = new TestConsortium();
let states: State[];
let other: TestPatient;

beforeAll(async () => {
  await consortium.start();
  other = new TestPatient(consortium, 'AlphaMSP');
  await other.register();
  await other.checkIn('BetaMSP');
  await registerDepartments();
  states = [];
  for (const name of stateNames) states.push(await newState(consortium, name));
  await consortium.untilFollowing();
});

/** Of the custodian: where the patients of the charts stay, and another. */
async function registerDepartments(): Promise<void> {
  const alpha = consortium.gateway('AlphaMSP');
  for (const name of [department, 'surgery']) {
    const identifier = [{ system: 'urn:medaccord:department:AlphaMSP', value: name }];
    const body = { resourceType: 'Organization', id: name, name, identifier };
    const headers = { 'content-type': 'application/fhir+json' };
    const sent = { method: 'PUT', token: await alpha.token('records'), body, headers };
    expect((await alpha.send(`/fhir/Organization/${name}`, sent)).status).toBe(201);
  }
}

afterAll(async () => {
  await consortium.stop();
});

const rows = Object.entries(expectations).filter((entry): entry is [string, Row] => entry[1] !== 'in the way');
/** What names nobody and shows nothing is the same in every state. */
const dependsOnState = (route: string, row: Row): boolean => route.includes(':') || row.shows !== 'nothing';

/** Who sees nothing at a route in any state is asked there in every way in two states, and once in the others. */
const isBrief = (row: Row, caller: Caller, state: State): boolean =>
  !isWhole(state) && states.every((one) => row.sees({ caller, state: one }).length === 0);
const isWhole = ({ name }: State): boolean => name === 'no consent' || name === 'a broad permit';

const stepsOf = (callers: readonly Caller[], inStates: readonly State[]): Step[] =>
  inStates.flatMap((state, at) =>
    rows
      .filter(([route, row]) => at === 0 || dependsOnState(route, row))
      .flatMap(([route, row]) => callers.map((caller) => ({ route, row, caller, state, isBrief: isBrief(row, caller, state) }))),
  );

it('meets no route that nobody said what it may show of', () => {
  for (const gateway of consortium.gateways.values()) {
    const found = listRoutes(gateway.app.http);
    const unknown = found.filter((route) => !Object.hasOwn(expectations, route));
    const gone = Object.keys(expectations).filter((route) => !found.includes(route));
    // A new route needs a row in support/walk/expectations.ts: what it may show, and to whom.
    expect({ unknown, gone }).toEqual({ unknown: [], gone: [] });
  }
});

it('finds no leak, and all that may be seen', async () => {
  const callers = listCallers(consortium, other);
  const steps = [
    ...stepsOf(
      callers.filter(({ isElsewhere }) => isElsewhere === undefined),
      states,
    ),
    ...stepsOf(
      callers.filter(({ isElsewhere }) => isElsewhere === true),
      states.filter(isWhole),
    ),
    ...stepsOf(
      listOtherStaff(consortium, callers),
      states.filter(({ name }) => name === 'a broad permit'),
    ),
  ];
  const { findings, requests } = await walk(consortium, steps);
  expect([...new Set(findings)].sort().slice(0, 25)).toEqual([]);
  expect(requests).toBeGreaterThan(5_000);
});

it('leaves no word of a chart in a log', () => {
  const canaries = states.flatMap(({ chart }) => Object.values(chart.entries).flatMap((entry) => entry.canaries));
  for (const { logged } of consortium.gateways.values()) {
    const log = logged.join('');
    expect(canaries.filter((canary) => log.includes(canary))).toEqual([]);
  }
});
