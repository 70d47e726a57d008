import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { common, peer } from '@hyperledger/fabric-protos';
import { readBlock, writeBlock } from '../proto/blocks';
import { EMPTY, asBytes } from '../proto/bytes';
import { readEnvelope, readPayload, writeEnvelope, writePayload } from '../proto/envelopes';
import { parseDuration } from './duration';
import { parseChannel } from './parse-channel';

const genesis = asBytes(readFileSync(join(__dirname, '../../test/data/fabric-golden/blocks/000000.block')));
const envelope = readBlock(genesis).items[0] ?? EMPTY;

/** The recorded configuration with its channel group changed. */
function changed(change: (root: common.ConfigGroup) => void): Uint8Array {
  const payload = readPayload(readEnvelope(envelope).payload);
  const config = common.ConfigEnvelope.deserializeBinary(payload.data);
  change(config.getConfig()?.getChannelGroup() ?? new common.ConfigGroup());
  return writeEnvelope({ signature: EMPTY, payload: writePayload({ ...payload, data: config.serializeBinary() }) });
}

describe('a channel', () => {
  it('is read equally from its block and from the transaction in it', () => {
    for (const source of [genesis, envelope])
      expect(parseChannel(source)).toMatchObject({
        id: 'main',
        sequence: 0,
        members: ['AuthorityMSP', 'LakeviewMSP', 'NorthsideMSP', 'UnityMSP'].map((mspId) => ({ group: mspId, mspId })),
        batch: { maxMessageCount: 100, absoluteMaxBytes: 10 * 1024 * 1024, preferredMaxBytes: 2 * 1024 * 1024, timeoutMs: 500 },
        consensus: 'BFT',
        capabilities: { channel: ['V3_0'], orderer: ['V2_0'], application: ['V2_5'] },
      });
  });

  it('knows its consenters as identities of its organisations', () => {
    const { consenters, msps } = parseChannel(genesis);
    expect(consenters.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
    expect(consenters.map(({ identity }) => msps.identify(identity))).toEqual(
      consenters.map(({ mspId }) => expect.objectContaining({ mspId }) as unknown),
    );
  });

  it('gives resources the default policies of Fabric, and no policy to what Fabric does not know', () => {
    const channel = parseChannel(genesis);
    expect(['peer/Propose', 'event/Block', 'qscc/GetBlockByNumber', 'ghost'].map((resource) => channel.acl(resource))).toEqual([
      '/Channel/Application/Writers',
      '/Channel/Application/Readers',
      '/Channel/Application/Readers',
      '',
    ]);
  });

  it('gives resources the policies that it configures, relative to the application', () => {
    const source = changed((root) => {
      const acls = new peer.ACLs();
      for (const [resource, reference] of [
        ['peer/Propose', 'Witnessed'],
        ['event/Block', '/Channel/Readers'],
      ] as const) {
        const policy = new peer.APIResource();
        policy.setPolicyRef(reference);
        acls.getAclsMap().set(resource, policy);
      }
      const value = new common.ConfigValue();
      value.setValue(acls.serializeBinary());
      root.getGroupsMap().get('Application')?.getValuesMap().set('ACLs', value);
    });
    const channel = parseChannel(source);
    expect(['peer/Propose', 'event/Block', 'event/FilteredBlock'].map((resource) => channel.acl(resource))).toEqual([
      '/Channel/Application/Witnessed',
      '/Channel/Readers',
      '/Channel/Application/Readers',
    ]);
  });
});

describe('a configuration', () => {
  const refusal = (place: string): Error => expect.objectContaining({ code: 'DEVNET_CONFIG_REFUSED', place }) as Error;

  it.each([
    ['/Channel', 'Application'],
    ['/Channel', 'Orderer'],
  ])('is refused without %s/%s', (place, name) => {
    expect(() => parseChannel(changed((root) => root.getGroupsMap().del(name)))).toThrow(refusal(place));
  });

  it('is refused when a member has no MSP', () => {
    const source = changed((root) => root.getGroupsMap().get('Application')?.getGroupsMap().get('UnityMSP')?.getValuesMap().del('MSP'));
    expect(() => parseChannel(source)).toThrow(refusal('/Channel/Application/UnityMSP'));
  });

  it('is refused when it defines one MSP in two ways', () => {
    const source = changed((root) => {
      const unity = root.getGroupsMap().get('Application')?.getGroupsMap().get('UnityMSP')?.getValuesMap();
      const lakeview = root.getGroupsMap().get('Orderer')?.getGroupsMap().get('LakeviewMSP')?.getValuesMap();
      const value = unity?.get('MSP');
      if (value !== undefined) lakeview?.set('MSP', value);
      const bent = new common.ConfigValue();
      bent.setValue(new Uint8Array([...(value?.getValue_asU8() ?? []), 0x7a, 1, 0x61]));
      unity?.set('MSP', bent);
    });
    expect(() => parseChannel(source)).toThrow(/defined in two ways/);
  });

  it('is refused when it shares its block, or is no configuration at all', () => {
    const crowded = writeBlock({ ...readBlock(genesis), items: [envelope, envelope] });
    expect(() => parseChannel(crowded)).toThrow(refusal('block'));
    const other = asBytes(readFileSync(join(__dirname, '../../test/data/fabric-golden/blocks/000007.block')));
    expect(() => parseChannel(other)).toThrow(refusal('channel header'));
  });
});

describe('a duration', () => {
  it.each([
    ['2s', 2000],
    ['500ms', 500],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['2', undefined],
    ['s', undefined],
    ['', undefined],
  ])('%j is %s milliseconds', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });
});
