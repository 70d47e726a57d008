import type { Call, Script, Step } from './script';

/**
 * The smallest script that still fails, by leaving out steps, operations, transient data and named organisations, one after another, until
 * nothing more can be left out. `fails` is asked at most `most` times.
 */
export async function shrinkScript(script: Script, fails: (candidate: Script) => Promise<boolean>, most = 150): Promise<Script> {
  let best = script;
  let asked = 0;
  for (let smaller = true; smaller;) {
    smaller = false;
    for (const candidate of smallerScripts(best)) {
      if (asked++ >= most) return best;
      if (!(await fails(candidate))) continue;
      best = candidate;
      smaller = true;
      break;
    }
  }
  return best;
}

/** Whole halves first, then single steps from the end, then parts of steps. */
function* smallerScripts({ seed, steps }: Script): Generator<Script> {
  for (let size = Math.ceil(steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let end = steps.length; end > 0; end -= size) {
      const kept = [...steps.slice(0, Math.max(0, end - size)), ...steps.slice(end)];
      if (kept.length > 0) yield { seed, steps: kept };
    }
  }
  for (const [at, step] of steps.entries()) {
    for (const smaller of smallerSteps(step)) yield { seed, steps: steps.with(at, smaller) };
  }
}

function smallerSteps(step: Step): Step[] {
  if (step.kind === 'order')
    return step.names.length < 2 ? [] : step.names.map((_, at) => ({ ...step, names: step.names.toSpliced(at, 1) }));
  if (!('call' in step)) return [];
  return smallerCalls(step.call).map((call) => ({ ...step, call }));
}

function smallerCalls(call: Call): Call[] {
  const { transient, named, ...rest } = call;
  const calls: Call[] =
    call.operations.length < 2 ? [] : call.operations.map((_, at) => ({ ...call, operations: call.operations.toSpliced(at, 1) }));
  if (transient !== undefined) calls.push({ ...rest, ...(named && { named }) });
  if (named !== undefined) calls.push({ ...rest, ...(transient && { transient }) });
  return calls;
}
