import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { formatLowS, isLowS } from './low-s';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

it('every signature made low is valid, low and in DER', () => {
  for (let round = 0; round < 200; round += 1) {
    const message = Buffer.from(String(round));
    const der = formatLowS(sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' }));
    expect(isLowS(der)).toBe(true);
    expect(verify('sha256', message, publicKey, der)).toBe(true);
  }
});

it('keeps the shortest form of numbers with leading zeros', () => {
  const rs = Buffer.alloc(64);
  rs[31] = 1;
  rs[63] = 0x80;
  expect(formatLowS(rs).toString('hex')).toBe('3007020101' + '02020080');
});

it.each(['', '30', '3006020101', '30060201010201ff00', '3006020101020100', '3106020101020101'])('%s is no low-S signature', (hex) => {
  expect(isLowS(Buffer.from(hex, 'hex'))).toBe(false);
});
