import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBlock, writeBlock } from '../proto/blocks';
import { asBytes } from '../proto/bytes';
import { explainTransaction } from './explain-transaction';
import { explainVerdicts } from './explain-verdicts';

const RECORDING = join(__dirname, '../../test/data/fabric-golden/blocks');
const block = (number: number): Uint8Array => asBytes(readFileSync(join(RECORDING, `${String(number).padStart(6, '0')}.block`)));

describe('an explained transaction', () => {
  it('says who called what, who endorsed, what was read and written, and the verdict', () => {
    const lines = explainTransaction(block(16), 1, 'somebody was faster').split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'block 16, place 1: MVCC_READ_CONFLICT (11)',
        'because somebody was faster',
        'calls golden 1.1: run with 1 argument',
        'in golden',
        '  reads a (10/0)',
        '  writes a',
      ]),
    );
    expect(lines.filter((line) => line.startsWith('endorsed by '))).toHaveLength(2);
  });

  it('shows private keys by hash only, and no value', () => {
    const text = explainTransaction(block(73), 0);
    expect(text).toContain('collection _implicit_org_NorthsideMSP');
    expect(text).toMatch(/writes hash [0-9a-f]{64}/);
    expect(text).toMatch(/policy of hash [0-9a-f]{64}/);
  });

  it('shows composite keys without control characters', () => {
    const text = explainTransaction(block(12), 0);
    expect(text).toContain('writes \\u0000rec\\u0000p1\\u00001\\u0000');
    expect(text).not.toContain('\u0000');
  });

  it('calls a configuration by its name', () => {
    expect(explainTransaction(block(0), 0)).toMatch(/^configuration .*\nblock 0, place 0: VALID \(0\)\nby nobody$/);
  });

  it('is made of an item that cannot be read, too', () => {
    const broken = writeBlock({ ...readBlock(block(7)), items: [Uint8Array.of(0xff, 0xff)] });
    expect(explainTransaction(broken, 0)).toMatch(/^unreadable \(without id\)/);
  });

  it('is refused where the block has none', () => {
    expect(() => explainTransaction(block(7), 1)).toThrow('block 7 has no transaction 1');
  });
});

describe('explanations of verdicts', () => {
  it('leave out what cannot be explained, and never throw', () => {
    const verdict = {
      satisfied: false,
      get explanation(): string {
        throw new Error('no words');
      },
    };
    const explained = explainVerdicts([
      { txId: 'a', code: 10, evidence: { kind: 'policy', namespace: 'cc', verdict } },
      { txId: 'b', code: 0, evidence: undefined },
      { txId: 'c', code: 9, evidence: undefined },
    ]);
    expect([...explained]).toEqual([[2, 'the transaction id was used before']]);
  });
});
