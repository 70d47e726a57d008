import { generateSigningKey, importSigningKey, signJws } from '../crypto';
import { isReceiptSigned } from './check-receipt';

const [requestId, other] = ['Q', 'R'].map((one) => one.repeat(22)) as [string, string];
const hash = 'A'.repeat(43);

describe('the receipt of a release', () => {
  const signBy = async (key: Awaited<ReturnType<typeof importSigningKey>>): Promise<string> =>
    signJws(
      'disclosure-receipt',
      {
        ...{ relationRef: 'L'.repeat(22), requestId, custodian: 'AlphaMSP', counterparty: 'BetaMSP', ask: hash, purpose: 'TREAT' },
        ...{ consent: { version: 1, document: hash, validity: null }, rulesVersion: 1, records: hash, count: 1 },
        ...{ statement: '42CFRPart2', issuedAt: '2026-03-01T08:00:00.000Z' },
      } as never,
      key,
    );

  it('counts by the key that its organisation had in its block, and by no other', async () => {
    const [first, second] = await Promise.all([0, 1].map(async () => importSigningKey(await generateSigningKey())));
    const keys = [
      { key: first!.publicJwk, since: 3 },
      { key: second!.publicJwk, since: 8 },
    ];
    const blocksOf = async (receipt: string): Promise<number[]> => {
      const counts = await Promise.all(Array.from({ length: 12 }, (_, block) => isReceiptSigned(receipt, requestId, block, keys)));
      return counts.flatMap((isSigned, block) => (isSigned ? [block] : []));
    };
    expect(await blocksOf(await signBy(first!))).toEqual([3, 4, 5, 6, 7, 8]);
    expect(await blocksOf(await signBy(second!))).toEqual([8, 9, 10, 11]);
  });

  it('counts for its own request only, and not without keys', async () => {
    const key = await importSigningKey(await generateSigningKey());
    const receipt = await signBy(key);
    const keys = [{ key: key.publicJwk, since: 0 }];
    expect(await isReceiptSigned(receipt, other, 5, keys)).toBe(false);
    expect(await isReceiptSigned(receipt, requestId, 5, [])).toBe(false);
    expect(await isReceiptSigned('a.b.c', requestId, 5, keys)).toBe(false);
  });
});
