import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stepNames, StoryError, type Plot, type Stage } from '../../src/story';
import type { Step, StepOutcome } from '../../src/story/step';
import { checkIn } from '../../src/story/steps/check-in';
import { claim } from '../../src/story/steps/claim';
import { consent } from '../../src/story/steps/consent';
import { doubleClaim } from '../../src/story/steps/double-claim';
import { history } from '../../src/story/steps/history';
import { importBundle } from '../../src/story/steps/import';
import { outsider } from '../../src/story/steps/outsider';
import { refuse } from '../../src/story/steps/refuse';
import { register } from '../../src/story/steps/register';
import { release } from '../../src/story/steps/release';
import { revoke } from '../../src/story/steps/revoke';
import { newPlot, openStage } from './support/open-stage';
import { CommandedNetwork, until } from './support/commanded-network';
import { KILLABLE } from './support/processes';

jest.setTimeout(240_000);

const SAMPLE = readFileSync(join(__dirname, '../../samples/diabetes-follow-up.json'), 'utf8');
const STEPS: readonly Step[] = [register, importBundle, checkIn, refuse, consent, release, outsider, claim, doubleClaim, revoke, history];
/** What a step must never fail with: none of these tells what to do. */
const NO_CODES = ['STORY_CHECK_FAILED', 'GATEWAY_ANSWER_UNKNOWN', 'INTERNAL'];

let network: CommandedNetwork;
let stage: Stage;
let sent = 0;

/** One story among several that are told at the same time, each a step behind the one before. */
interface Teller {
  plot: Plot;
  next: number;
}

beforeAll(async () => {
  network = await CommandedNetwork.create();
  await network.up();
  ({ stage } = await openStage(network.run, SAMPLE, () => (sent += 1)));
});

afterAll(async () => {
  await network.remove();
});

const run = (teller: Teller): Promise<StepOutcome> => STEPS[teller.next]!.run(stage, teller.plot);

/** The step as it is, and once more when a process that was killed made it fail; what failed must say so by a code of its own. */
async function runTwice(teller: Teller): Promise<void> {
  const outcome = await run(teller).catch((error: unknown) => {
    expect(error).toBeInstanceOf(StoryError);
    const { code } = error as StoryError;
    expect(code).toMatch(/^[A-Z][A-Z_]+$/);
    expect(NO_CODES).not.toContain(code);
    return undefined;
  });
  if (outcome === undefined) await until('the network is whole again', () => network.isWhole);
  const { plot } = outcome ?? (await run(teller));
  teller.plot = plot;
  teller.next += 1;
}

async function advance(tellers: readonly Teller[]): Promise<void> {
  await Promise.all(
    tellers.map(async (teller) => {
      ({ plot: teller.plot } = await run(teller));
      teller.next += 1;
    }),
  );
}

describe('killing a process of the consortium in the middle of every step at once', () => {
  const tellers: Teller[] = [];

  test('begins with one story before each step', async () => {
    expect(STEPS.map(({ name }) => name)).toEqual([...stepNames]);
    for (let count = 0; count < STEPS.length; count += 1) {
      tellers.push({ plot: newPlot(), next: 0 });
      if (count < STEPS.length - 1) await advance(tellers);
    }
    expect(tellers.map(({ next }) => next)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  });

  /** The story that is told to its end makes room for a new one. */
  function beginAnew(): void {
    const ended = tellers.findIndex(({ next }) => next === STEPS.length);
    if (ended >= 0) tellers.splice(ended, 1);
    tellers.push({ plot: newPlot(), next: 0 });
  }

  const moments = [
    ['as soon as every step has sent something', STEPS.length],
    ['when some have gone on to what they send next', STEPS.length + 4],
  ] as const;

  describe.each(moments)('%s', (_moment, requests) => {
    test.each(KILLABLE)('%s: every step succeeds, or fails with a code and succeeds when it is repeated', async (target) => {
      await until('the network is whole', () => network.isWhole);
      const { restarts } = network.processOf(target)!;
      const before = sent;
      const told = Promise.all(tellers.map(runTwice));
      await Promise.race([until('the moment has come', () => sent >= before + requests), told]);
      expect(network.killHard(target)).toBe(true);
      await told;
      await until('it is started again', () => network.processOf(target)!.restarts > restarts && network.isWhole);
      beginAnew();
      expect(tellers.map(({ next }) => next)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    });
  });
});
