import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newAuditedChain, type AuditedStory } from '../support/audited-chain';

jest.setTimeout(120_000);

const COMMAND = join(__dirname, '../../dist/cli/main.js');

/** Proofs and receipts of a real chain, held against its exported blocks; nothing of the network runs any more. */
describe('verify-audit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'medaccord-verify-audit-'));
  const blocks = join(folder, 'blocks');
  let story: AuditedStory;

  beforeAll(async () => {
    for (const name of ['blocks', 'data']) mkdirSync(join(folder, name));
    story = await newAuditedChain(join(folder, 'data'), blocks);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  interface Outcome {
    readonly code: number | null;
    readonly blocksHold: boolean | undefined;
    /** Of each file, in their order. */
    readonly filesHold: readonly boolean[];
    /** For people. */
    readonly said: string;
  }

  /** The command as it is built, in a process of its own. */
  function run(contents: readonly string[], from = blocks): Outcome {
    const files = contents.map((content, index) => {
      const file = join(folder, `file-${String(index)}`);
      writeFileSync(file, content);
      return file;
    });
    const argv = [COMMAND, 'verify-audit', ...files, '--blocks', from, '--json'];
    const { status, stdout } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
    const lines = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { readonly step: string; readonly title: string; readonly ok: boolean });
    return {
      code: status,
      blocksHold: lines.find(({ step }) => step === 'verify-audit.blocks')?.ok,
      filesHold: lines.filter(({ step }) => step === 'verify-audit').map(({ ok }) => ok),
      said: lines.map(({ title }) => title).join('\n'),
    };
  }

  /** A text with one character at a place replaced by another that may stand there, too. */
  const flip = (text: string, at: number): string => `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
  const refusedAll = (contents: readonly string[]): object => ({ code: 1, blocksHold: true, filesHold: contents.map(() => false) });

  test('holds what the organisation told for true, and says what it proves', () => {
    const { said, ...outcome } = run([JSON.stringify(story.proof), story.receipt]);
    expect(outcome).toEqual({ code: 0, blocksHold: true, filesHold: [true, true] });
    expect(said).toMatch(/3 entries stand in the audit log of AlphaMSP as root 2 in block \d+ has it, and the log goes on from root 1\./);
    expect(said).toMatch(/AlphaMSP released 1 record to BetaMSP on .*, as its decision in block \d+ says\./);
  });

  test('refuses a proof of which one character is another: of an entry, a path, a root, a signature', () => {
    const text = JSON.stringify(story.proof);
    const [entry] = story.proof.entries;
    const places = [
      text.indexOf('\\"salt\\":\\"') + 12,
      text.indexOf(entry?.path[0] ?? '?') + 3,
      ...[...text.matchAll(/"(?:root|jws)":"/g)].map(({ index, 0: found }) => index + found.length + 30),
      text.lastIndexOf('"jws":"') + 300,
      text.indexOf('"log":"') + 10,
    ];
    const altered = places.map((at) => flip(text, at));
    expect(run(altered)).toMatchObject(refusedAll(altered));
  });

  test('refuses the log of an operator who took an entry out and chained all that follow anew, though it is signed', () => {
    const altered = [JSON.stringify(story.rewritten)];
    expect(run(altered)).toMatchObject(refusedAll(altered));
  });

  test('refuses a receipt of which one character is another, wherever, and what is neither', () => {
    const { length } = story.receipt;
    const altered = [...[5, Math.floor(length / 2), length - 40].map((at) => flip(story.receipt, at)), '{"surprise":true}'];
    expect(run(altered)).toMatchObject(refusedAll(altered));
  });

  test('refuses blocks of which one byte is another, in the transaction, the signatures or the codes', () => {
    const altered = join(folder, 'altered');
    const last = readdirSync(blocks).sort().at(-1) ?? '';
    const bytes = readFileSync(join(blocks, last));
    for (const at of [60, Math.floor(bytes.length / 2), bytes.length - 100, bytes.length - 40]) {
      cpSync(blocks, altered, { recursive: true });
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(join(altered, last), changed);
      const { code, blocksHold } = run([JSON.stringify(story.proof)], altered);
      expect([at, code, blocksHold]).toEqual([at, 1, false]);
      rmSync(altered, { recursive: true });
    }
  });

  test('refuses a root that is not in the blocks it is given', () => {
    const short = join(folder, 'short');
    cpSync(blocks, short, { recursive: true });
    rmSync(join(short, readdirSync(short).sort().at(-1) ?? ''));
    expect(run([JSON.stringify(story.proof)], short)).toMatchObject(refusedAll(['a root']));
  });
});
