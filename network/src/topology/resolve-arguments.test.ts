import { resolveArguments } from './resolve-arguments';

const organisations = [
  { name: 'one', title: 'One', mspId: 'OneMSP', role: 'hospital' as const },
  { name: 'two', title: 'Two', mspId: 'TwoMSP', role: 'insurer' as const },
];

describe('the arguments of a first transaction', () => {
  it('have the table of roles in the place of its name, at any depth', () => {
    expect(resolveArguments(['x', { deep: [{ roles: '$roles' }], kept: 1 }], organisations)).toEqual([
      'x',
      { deep: [{ roles: { OneMSP: 'hospital', TwoMSP: 'insurer' } }], kept: 1 },
    ]);
  });
});
