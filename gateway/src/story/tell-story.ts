import { newWallet } from '../wallet';
import type { Plot, Stage, Step, StepName, StepOutcome } from './step';
import { checkIn } from './steps/check-in';
import { claim } from './steps/claim';
import { consent } from './steps/consent';
import { doubleClaim } from './steps/double-claim';
import { history } from './steps/history';
import { importBundle } from './steps/import';
import { outsider } from './steps/outsider';
import { refuse } from './steps/refuse';
import { register } from './steps/register';
import { release } from './steps/release';
import { revoke } from './steps/revoke';

const STEPS: readonly Step[] = [register, importBundle, checkIn, refuse, consent, release, outsider, claim, doubleClaim, revoke, history];

/** How one step ended. */
export type StepReport = { readonly name: StepName; readonly title: string; readonly ms: number } & (
  { readonly ok: true; readonly outcome: StepOutcome } | { readonly ok: false; readonly error: unknown }
);

/** Who listens to the story. */
export type Audience = {
  readonly begins: (title: string) => void;
  readonly ends: (report: StepReport) => void;
};

/**
 * Tells the main job step by step, with a fresh patient each time, until a step does not hold.
 * @returns what happened, or undefined when a step failed
 */
export async function tellStory(stage: Stage, audience: Audience): Promise<Plot | undefined> {
  // Every step but the first finds what it needs of an earlier one.
  let plot: Plot = { wallet: newWallet(), requests: [], categories: [] } as Partial<Plot> as Plot;
  for (const { name, titleOf, run } of STEPS) {
    const title = titleOf(stage.cast);
    const startedAt = performance.now();
    const ms = (): number => Math.round(performance.now() - startedAt);
    audience.begins(title);
    try {
      const outcome = await run(stage, plot);
      plot = outcome.plot;
      audience.ends({ name, title, ms: ms(), ok: true, outcome });
    } catch (error) {
      audience.ends({ name, title, ms: ms(), ok: false, error });
      return undefined;
    }
  }
  return plot;
}
