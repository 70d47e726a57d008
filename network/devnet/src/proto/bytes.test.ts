import { compareBytes, compareText, utf8 } from './bytes';

const TEXTS = [
  '',
  '\u0000',
  'a',
  'a\u0000',
  'ab',
  'z',
  'é',
  '\ud7ff',
  '\ue000',
  '\uffff',
  '\u{10000}',
  '\u{10ffff}',
  'a\u{10000}',
  'a\uffff',
];

describe('the order of keys', () => {
  it('of text is the order of its bytes, also beyond U+FFFF', () => {
    for (const a of TEXTS)
      for (const b of TEXTS) expect([a, b, Math.sign(compareText(a, b))]).toEqual([a, b, Math.sign(compareBytes(utf8(a), utf8(b)))]);
  });
});
