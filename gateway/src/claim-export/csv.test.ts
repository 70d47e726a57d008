import { formatCsvRow } from './csv';

describe('a row of CSV', () => {
  it('ends its line, and quotes what would end a field', () => {
    expect(formatCsvRow(['a', '', 'b,c', 'say "so"', 'one\r\ntwo', 'Ü'])).toBe('a,,"b,c","say ""so""","one\r\ntwo",Ü\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '\uff1d1', '\uff0b1', '\uff0d1', '\uff201'])(
    'holds %j as a text, that no spreadsheet reckons with',
    (text) => {
      expect(formatCsvRow([text]).replace(/^"/, '')).toMatch(/^'/);
    },
  );

  it('leaves alone what only holds such a sign', () => {
    expect(formatCsvRow(['1-2', 'a=b', "'"])).toBe("1-2,a=b,'\r\n");
  });
});
