import fc from 'fast-check';
import { applyUpdate, UpdateRefused } from './apply-update';
import { NO_GROUP, changeGroup, readConfigGroup, writeConfigGroup, type ConfigGroupNode } from './config-tree';
import { computeUpdate } from './config-update';

const value = (text: string) => ({ version: 0, modPolicy: 'Admins', value: Uint8Array.from(Buffer.from(text)) });
const policy = (text: string) => ({ ...value(text), type: 1 });
const group = (parts: Partial<ConfigGroupNode> = {}): ConfigGroupNode => ({ ...NO_GROUP, modPolicy: 'Admins', ...parts });

const channel = group({
  groups: new Map([
    [
      'Application',
      group({
        groups: new Map([['A', group({ values: new Map([['MSP', value('a')]]) })]]),
        policies: new Map([['Witnessed', policy('a')]]),
      }),
    ],
    ['Orderer', group({ groups: new Map([['A', group({ values: new Map([['MSP', value('a')]]) })]]) })],
  ]),
});
const accepted = (): boolean => true;
const withMember = (root: ConfigGroupNode): ConfigGroupNode =>
  changeGroup(root, ['Application'], (application) => ({
    ...application,
    groups: new Map(application.groups).set('B', group({ values: new Map([['MSP', value('b')]]) })),
    policies: new Map(application.policies).set('Witnessed', policy('ab')),
  }));

test('a member that joins raises its section and the changed policy by one, and nothing else', () => {
  const next = applyUpdate(channel, computeUpdate(channel, withMember(channel)), accepted);
  const application = next.groups.get('Application');
  expect([next.version, application?.version, application?.policies.get('Witnessed')?.version]).toEqual([0, 1, 1]);
  expect([application?.groups.get('A')?.version, application?.groups.get('B')?.version, next.groups.get('Orderer')?.version]).toEqual([
    0, 0, 0,
  ]);
  expect(application?.groups.get('A')?.values.get('MSP')?.value).toEqual(value('a').value);
});

test('a changed value raises the value, not the groups around it', () => {
  const changed = changeGroup(channel, ['Application', 'A'], (member) => ({ ...member, values: new Map([['MSP', value('list grew')]]) }));
  const next = applyUpdate(channel, computeUpdate(channel, changed), accepted);
  const member = next.groups.get('Application')?.groups.get('A');
  expect([next.groups.get('Application')?.version, member?.version, member?.values.get('MSP')?.version]).toEqual([0, 0, 1]);
});

test('an update of an older configuration is refused, naming what moved', () => {
  const update = computeUpdate(channel, withMember(channel));
  const next = applyUpdate(channel, update, accepted);
  expect(() => applyUpdate(next, update, accepted)).toThrow(
    new UpdateRefused(
      'error validating ReadSet: proposed update requires that key [Group]  /Channel/Application be at version 0, but it is currently at version 1',
    ),
  );
});

test('every changed element asks for its own mod_policy', () => {
  const asked: string[] = [];
  applyUpdate(channel, computeUpdate(channel, withMember(channel)), (reference) => asked.push(reference) > 0);
  expect(new Set(asked)).toEqual(new Set(['/Channel/Application/Admins']));
  expect(() => applyUpdate(channel, computeUpdate(channel, withMember(channel)), () => false)).toThrow(
    /policy for \[(Group|Policy)\] {2}\/Channel\/Application.* not satisfied/,
  );
});

test('an update without effect is refused', () => {
  const { readSet, writeSet, changed } = computeUpdate(channel, channel);
  expect(changed).toBe(false);
  expect(() => applyUpdate(channel, { readSet, writeSet }, accepted)).toThrow('delta set was empty');
});

const names = fc.constantFrom('a', 'b', 'c');
const leaf = fc.constantFrom('x', 'y').map(value);
const tree: fc.Arbitrary<ConfigGroupNode> = fc.letrec<{ group: ConfigGroupNode }>((tie) => ({
  group: fc
    .record({
      values: fc.array(fc.tuple(names, leaf), { maxLength: 3 }),
      policies: fc.array(
        fc.tuple(
          names,
          leaf.map((node) => ({ ...node, type: 1 })),
        ),
        { maxLength: 3 },
      ),
      groups: fc.oneof({ maxDepth: 2 }, fc.constant([]), fc.array(fc.tuple(names, tie('group')), { maxLength: 2 })),
    })
    .map(({ values, policies, groups }) => group({ values: new Map(values), policies: new Map(policies), groups: new Map(groups) })),
})).group;

/** The tree without its versions. */
const contentOf = (node: ConfigGroupNode): unknown => ({
  values: Object.fromEntries([...node.values].map(([name, { value: bytes }]) => [name, Buffer.from(bytes).toString()])),
  policies: Object.fromEntries([...node.policies].map(([name, { value: bytes }]) => [name, Buffer.from(bytes).toString()])),
  groups: Object.fromEntries([...node.groups].map(([name, child]) => [name, contentOf(child)])),
});

test('an update that was computed and applied gives the configuration that was wanted, whatever changed', () => {
  fc.assert(
    fc.property(tree, tree, (before, after) => {
      const update = computeUpdate(before, after);
      fc.pre(update.changed);
      expect(contentOf(applyUpdate(before, update, accepted))).toEqual(contentOf(after));
    }),
  );
});

test('a configuration survives its bytes', () => {
  fc.assert(fc.property(tree, (root) => expect(readConfigGroup(writeConfigGroup(root))).toEqual(root)));
});
