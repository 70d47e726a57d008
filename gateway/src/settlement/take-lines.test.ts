import type { AdjudicationEntry, ClaimEntry, SettledClaim } from '@medaccord/chaincode/model';
import type { Due } from './list-due';
import { listLeftOut } from './list-left-out';
import { takeLines } from './take-lines';

const newDue = (at: number): Due => {
  const claim = { relationRef: 'relation', claimId: `claim-${String(at)}` } as ClaimEntry;
  return { claim, adjudication: { block: at, value: { n: 1 } as AdjudicationEntry } as Due['adjudication'] };
};
const due = Array.from({ length: 7 }, (_, at) => newDue(at));
const lineOf = ({ claim, adjudication }: Due): SettledClaim =>
  ({ ...claim, currency: adjudication.block % 2 === 0 ? 'USD' : 'EUR' }) as unknown as SettledClaim;
const open = jest.fn((one: Due) => Promise.resolve({ line: lineOf(one) }));
const idsOf = (taken: readonly { readonly line: SettledClaim }[]): string[] => taken.map(({ line }) => line.claimId);

beforeEach(() => open.mockClear());

describe('a statement', () => {
  it('takes as much as it may hold, the first first, and what is left is whole in the next ones', async () => {
    const first = await takeLines(due, open, { most: 3 });
    expect(idsOf(first)).toEqual(['claim-0', 'claim-1', 'claim-2']);
    expect(open).toHaveBeenCalledTimes(3);
    const second = await takeLines(due.slice(3), open, { most: 3 });
    const third = await takeLines(due.slice(6), open, { most: 3 });
    expect([...idsOf(first), ...idsOf(second), ...idsOf(third)]).toEqual(due.map(({ claim }) => claim.claimId));
  });

  it('of one currency goes on to what comes later until it is full', async () => {
    expect(idsOf(await takeLines(due, open, { currency: 'EUR', most: 3 }))).toEqual(['claim-1', 'claim-3', 'claim-5']);
    expect(idsOf(await takeLines(due, open, { currency: 'CHF', most: 3 }))).toEqual([]);
  });

  it('that has room may leave nothing out, and a full one only what comes after its last line', () => {
    const lines = due.map(lineOf);
    expect(listLeftOut(due, [lines[0]!, lines[2]!], 3)).toEqual([due[1], ...due.slice(3)]);
    expect(listLeftOut(due, lines.slice(0, 3), 3)).toEqual([]);
    expect(listLeftOut(due, [lines[0]!, lines[2]!, lines[4]!], 3)).toEqual([due[1], due[3]]);
  });
});
