import { PassThrough } from 'node:stream';
import { readLines } from './read-lines';

async function linesOf(chunks: readonly (string | Buffer)[]): Promise<string[]> {
  const stream = new PassThrough();
  const lines: string[] = [];
  readLines(stream, (line) => lines.push(line));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await new Promise((resolve) => stream.once('end', resolve));
  return lines;
}

const umlaut = Buffer.from('ü');

test.each<[string, (string | Buffer)[], string[]]>([
  ['lines are split however the chunks fall', ['on', 'e\ntw', 'o\n'], ['one', 'two']],
  ['an unfinished last line counts', ['one\ntwo'], ['one', 'two']],
  ['either line end will do', ['one\r\ntwo\n'], ['one', 'two']],
  ['a character cut in two stays whole', [umlaut.subarray(0, 1), umlaut.subarray(1), '\n'], ['ü']],
  ['a line without end is cut', ['x'.repeat(70_000), 'y\n'], ['x'.repeat(70_000), 'y']],
])('%s', async (_rule, chunks, lines) => {
  expect(await linesOf(chunks)).toEqual(lines);
});
