import { formatReadiness } from './member-readiness';

test('each member has a line that says where it stands', () => {
  expect(
    formatReadiness([
      { mspId: 'EastMSP', approved: true, differs: [], fields: undefined },
      { mspId: 'SouthMSP', approved: false, differs: ['nothing'], fields: undefined },
      { mspId: 'WestMSP', approved: false, differs: ['policy', 'collections'], fields: undefined },
    ]),
  ).toEqual([
    'EastMSP: approved',
    'SouthMSP: approved nothing for this sequence',
    'WestMSP: approved another policy (or validation plugin), other collections',
  ]);
});

test('a member whose own peer was asked is told field by field', () => {
  const fields = [{ field: 'version', wanted: '2.0.0', found: '1.0.0' }];
  expect(formatReadiness([{ mspId: 'WestMSP', approved: false, differs: ['version'], fields }])).toEqual([
    'WestMSP: approved something else',
    '  version: 1.0.0; wanted: 2.0.0',
  ]);
});
