import { CliError } from './cli-error';
import { parseOptions } from './command';

const options = { key: { type: 'string', multiple: true }, file: { type: 'string' }, json: { type: 'boolean', default: false } } as const;

describe('the options of a verb', () => {
  it('take a key that begins with a dash, with one or two of them', () => {
    const { key, file, json } = parseOptions(['--key', '-mX0', '--key', '--9a', '--key=-b', '--json', '--file', 'a=b'], options);
    expect({ key, file, json }).toEqual({ key: ['-mX0', '--9a', '-b'], file: 'a=b', json: true });
  });

  it.each([
    { why: 'a value that is missing', argv: ['--file', '--json'] },
    { why: 'a value that is missing at the end', argv: ['--file'] },
    { why: 'an option that the verb does not have', argv: ['--bogus', 'x'] },
    { why: 'a word beside the options', argv: ['--json', 'x'] },
    { why: 'a second value', argv: ['--file', 'a', 'b'] },
  ])('refuse $why', ({ argv }) => {
    expect(() => parseOptions(argv, options)).toThrow(CliError);
  });
});
