import { StoryError, type StepReport } from '../story';
import { newHumanAudience, newJsonAudience } from './story-audience';

const done: StepReport = {
  name: 'import',
  title: 'A hospital imports',
  ms: 1234,
  ok: true,
  outcome: { plot: {} as never, transactions: ['t1', 't2', 't3', 't4'], findings: { resources: 3 }, remarks: ['three resources'] },
};
const error = new StoryError('BUNDLE_INVALID', 'type must be transaction.', { place: 'type', hint: 'Send a transaction.' });
const failed: StepReport = { name: 'import', title: 'A hospital imports', ms: 5, ok: false, error };

function tell(report: StepReport, options: { json?: boolean; colour?: boolean; isTerminal?: boolean }): string {
  let told = '';
  const print = (text: string): void => void (told += text);
  const { colour = false, isTerminal = false } = options;
  const audience = options.json === true ? newJsonAudience(print) : newHumanAudience(print, { colour, isTerminal });
  audience.begins(report.title);
  audience.ends(report);
  return told;
}

describe('the telling of a step', () => {
  it('is one line of JSON for programs, with what the step found beside it', () => {
    const told = tell(done, { json: true });
    expect(told.trimEnd()).not.toContain('\n');
    expect(JSON.parse(told)).toEqual({
      step: 'import',
      title: 'A hospital imports',
      ok: true,
      ms: 1234,
      transactions: ['t1', 't2', 't3', 't4'],
      resources: 3,
    });
  });

  it('gives programs code, place and hint of a failure', () => {
    expect(JSON.parse(tell(failed, { json: true }))).toMatchObject({
      step: 'import',
      ok: false,
      transactions: [],
      error: { code: 'BUNDLE_INVALID', place: 'type', hint: 'Send a transaction.' },
    });
  });

  it('shows people time, remarks and the first transactions', () => {
    const told = tell(done, {});
    for (const part of ['✓ A hospital imports', '1.2 s', 'three resources', 'tx t3', 'and 1 more transaction'])
      expect(told).toContain(part);
    expect(told).not.toContain('tx t4');
  });

  it('shows people code and hint of a failure', () => {
    const told = tell(failed, {});
    for (const part of ['✗', 'BUNDLE_INVALID', 'type must be transaction.', 'Send a transaction.']) expect(told).toContain(part);
  });

  it('has colours and movement on a terminal only', () => {
    expect(tell(done, {})).not.toContain('\u001b');
    expect(tell(done, { isTerminal: true })).toContain('… A hospital imports\r\u001b[2K');
    expect(tell(done, { colour: true })).toContain('\u001b[32m✓\u001b[0m');
  });

  it('says of an error without a code that it is a defect', () => {
    const { ok: _ok, ...rest } = failed;
    expect(tell({ ...rest, ok: false, error: new TypeError('x is undefined') }, {})).toMatch(/INTERNAL[^]*defect/);
  });
});
