import { peer } from '@hyperledger/fabric-protos';
import { changeGroup, type ConfigGroupNode } from '@medaccord/devnet/configuration';
import { changeValue, newSampleChannel, type SampleChannel } from '../../../test/support/sample-channel';
import { addConsenter } from '../changes/add-orderer';
import { removeOrganisation } from '../changes/remove-organisation';
import { removeConsenter, removeOrdererOrganisation } from '../changes/remove-orderer';
import { setBatch } from '../changes/set-ordering';
import { setPolicies } from '../changes/set-policies';
import { describeDifference } from './describe-difference';
import { formatStatements } from './statement';

let channel: SampleChannel;

beforeAll(async () => {
  channel = await newSampleChannel();
});

const tell = (change: (root: ConfigGroupNode) => ConfigGroupNode): readonly string[] =>
  formatStatements(describeDifference(channel.base.root, change(channel.base.root)));

/** Field 100, which no message of a configuration has. */
const withUnknownField = (value: Uint8Array): Uint8Array => Uint8Array.from([...value, 0xa0, 0x06, 0x01]);

it('tells nothing where nothing differs', () => {
  expect(tell((root) => root)).toEqual([]);
});

describe('a change is told by what it means', () => {
  it('when an orderer loses its vote', () => {
    expect(tell((root) => removeConsenter(root, 'DMSP'))).toEqual([
      'The orderer of DMSP at orderer0.dmsp.devnet:7050 loses its vote.',
      'The ordering service has 3 orderers with a vote instead of 4.',
      '  Blocks need 2 of them (so far 3); 0 may fail or lie (so far 1).',
      'Blocks are good with the signatures of 2 of the orderers that have a vote.',
    ]);
  });

  it('when an orderer gets one, with the certificates that it shows', () => {
    const { orderer, tls } = channel.organisations.get('EMSP')!;
    const node = { mspId: 'EMSP', address: { host: 'e.example', port: 7 }, identity: orderer.certificate, tls: tls.certificate };
    expect(tell((root) => addConsenter(root, node))).toEqual([
      'The orderer of EMSP at e.example:7 gets a vote, as number 5.',
      '  Organisation: EMSP.',
      '  Address: e.example:7.',
      expect.stringMatching(/^ {2}Certificate it signs blocks with: CN=orderer0\.emsp\.devnet, .*fingerprint [0-9a-f]{16}\.$/),
      expect.stringMatching(/^ {2}TLS certificate: CN=peer0\.emsp\.devnet, /),
      '  TLS certificate as a client: the same.',
      'The ordering service has 5 orderers with a vote instead of 4.',
      '  Blocks need 4 of them (so far 3); 1 may fail or lie (so far 1).',
      'Blocks are good with the signatures of 4 of the orderers that have a vote.',
    ]);
  });

  it('when a member leaves, its orderer first', () => {
    expect(tell((root) => removeOrdererOrganisation(root, 'EMSP'))).toEqual(['EMSP is no longer part of the ordering service.']);
    const without = (root: ConfigGroupNode): ConfigGroupNode => removeOrganisation(removeOrdererOrganisation(root, 'EMSP'), 'EMSP');
    expect(tell(without)).toEqual(['EMSP is no longer a member of the channel.', 'EMSP is no longer part of the ordering service.']);
  });

  it('when a policy, blocks or timers are set otherwise', () => {
    expect(tell((root) => setPolicies(root, [{ name: 'Witnessed', outOf: 3, mspIds: ['AMSP', 'BMSP', 'EMSP'] }]))).toEqual([
      'Policy Witnessed of the members: 3 of the peers of AMSP, BMSP, EMSP instead of 2 of the peers of AMSP, BMSP, CMSP, DMSP.',
    ]);
    expect(tell((root) => setBatch(root, { messages: 7, megabytes: 3, interval: '1s' }))).toEqual([
      'Transactions in a block, at most: 7 instead of 100.',
      'Bytes in a block, at most: 3 MB instead of 10 MB.',
      'Bytes in a block, as Raft would prefer them (BFT does not look at it): 3 MB instead of 2 MB.',
      'Transactions in a block, as the ordering protocol notes them: 7 instead of 100.',
      'Bytes in a block, as the ordering protocol notes them: 3 MB instead of 10 MB.',
    ]);
  });

  it('when somebody else may change a thing', () => {
    const change = (root: ConfigGroupNode): ConfigGroupNode => changeGroup(root, ['Application'], (group) => ({ ...group, modPolicy: '' }));
    expect(tell(change)).toEqual(['Who may change the members as a whole: nobody instead of Admins.']);
  });

  it('once for a member’s MSP, which stands in both sections', () => {
    const strange = (root: ConfigGroupNode): ConfigGroupNode =>
      (['Application', 'Orderer'] as const).reduce((tree, section) => changeValue(tree, [section, 'BMSP'], 'MSP', withUnknownField), root);
    expect(tell(strange).filter((line) => line.startsWith('What BMSP is recognised by changes'))).toHaveLength(1);
  });
});

describe('what the words do not know is told by its fingerprint', () => {
  it('a value of a name that they have never heard of', () => {
    expect(tell((root) => changeValue(root, ['Application'], 'Novelty', () => Uint8Array.of(1, 2, 3)))).toEqual([
      'Value Novelty of the members: 3 bytes with the fingerprint 039058c6f2c0cb49.',
    ]);
  });

  it('a value that cannot be read', () => {
    const [line] = tell((root) => changeValue(root, ['Orderer'], 'BatchSize', () => Uint8Array.of(0xff)));
    expect(line).toMatch(/^Value BatchSize of the ordering service: 1 bytes with the fingerprint [0-9a-f]{16} instead of /);
  });

  it('a field that a later Fabric may have added to a value they know', () => {
    const lines = tell((root) =>
      changeValue(root, ['Application', 'AMSP'], 'AnchorPeers', () => withUnknownField(new peer.AnchorPeers().serializeBinary())),
    );
    expect(lines.at(-1)).toMatch(/^Value AnchorPeers of AMSP says more than these words: 3 bytes with the fingerprint /);
  });
});

it('leaves out no value, no policy and no right, wherever in the tree they change', () => {
  const silent: string[] = [];
  let places = 0;
  const walk = (group: ConfigGroupNode, path: readonly string[]): void => {
    const look = (place: string, change: (found: ConfigGroupNode) => Partial<ConfigGroupNode>): void => {
      places++;
      const lines = tell((root) => changeGroup(root, path, (found) => ({ ...found, ...change(found) })));
      if (lines.length === 0) silent.push(`${path.join('/')}: ${place}`);
    };
    const without = <T>(map: ReadonlyMap<string, T>, name: string): Map<string, T> => new Map([...map].filter(([each]) => each !== name));
    look('right', () => ({ modPolicy: 'Somebody' }));
    for (const kind of ['values', 'policies'] as const)
      for (const [name, node] of group[kind]) {
        const put = (part: object) => (found: ConfigGroupNode) => ({
          [kind]: new Map<string, object>(found[kind]).set(name, { ...node, ...part }),
        });
        look(`content of ${name}`, put({ value: withUnknownField(node.value) }));
        look(`right of ${name}`, put({ modPolicy: 'Somebody' }));
        look(`removal of ${name}`, (found) => ({ [kind]: without<object>(found[kind], name) }));
      }
    for (const [name, child] of group.groups) {
      look(`removal of ${name}`, (found) => ({ groups: without(found.groups, name) }));
      walk(child, [...path, name]);
    }
  };
  walk(channel.base.root, []);
  expect(silent).toEqual([]);
  expect(places).toBeGreaterThan(200);
});
