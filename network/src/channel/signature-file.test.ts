import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { common } from '@hyperledger/fabric-protos';
import { computeUpdate as computeSets, writeConfigGroup, type ConfigGroupNode } from '@medaccord/devnet/configuration';
import { changeValue, newSampleChannel, type SampleChannel } from '../../test/support/sample-channel';
import { removeConsenter } from './changes/remove-orderer';
import { setPolicies } from './changes/set-policies';
import { parseConfiguration, writeConfiguration } from './channel-configuration';
import { newChannelUpdate, openChannelUpdate, type ChannelUpdate } from './channel-update';
import { writeEndpoints } from './configuration-values';
import { describeProgress } from './required-policies';
import {
  formatSignatureFile,
  judgeSignatures,
  parseSignatureFile,
  readSignatureFile,
  withSignature,
  writeSignatureFile,
  writeUpdateEnvelope,
  type SignedUpdate,
} from './signature-file';
import { assertCurrent, assertSigned } from './submit-update';

let channel: SampleChannel;
let update: ChannelUpdate;

beforeAll(async () => {
  channel = await newSampleChannel();
});

beforeEach(() => {
  update = computeUpdate((root) => setPolicies(root, [{ name: 'Witnessed', outOf: 3, mspIds: ['AMSP', 'BMSP', 'CMSP', 'DMSP'] }]));
});

function computeUpdate(change: (root: ConfigGroupNode) => ConfigGroupNode): ChannelUpdate {
  const computed = newChannelUpdate(channel.base, change);
  if (computed === undefined) throw new Error('the change changes something');
  return computed;
}

function signedBy(...mspIds: readonly string[]): SignedUpdate {
  return mspIds.reduce<SignedUpdate>((signed, mspId) => withSignature(signed, mspId, channel.signerOf(mspId)), { update, signatures: [] });
}

const progressOf = (signed: SignedUpdate): readonly string[] =>
  judgeSignatures(signed).map((each) => `${each.reference}: ${describeProgress(each)}`);

describe('who must still sign', () => {
  it('is told by names, and how many of them are needed', () => {
    expect(progressOf(signedBy())).toEqual([
      '/Channel/Application/Admins: signed by nobody yet; 3 more of AMSP, BMSP, CMSP, DMSP, EMSP needed',
    ]);
    expect(progressOf(signedBy('BMSP', 'EMSP'))).toEqual([
      '/Channel/Application/Admins: signed by BMSP, EMSP; 1 more of AMSP, CMSP, DMSP needed',
    ]);
    expect(progressOf(signedBy('BMSP', 'EMSP', 'AMSP'))).toEqual(['/Channel/Application/Admins: signed by AMSP, BMSP, EMSP: enough']);
  });

  it('is asked of the ordering service for what is its own', () => {
    update = computeUpdate((root) => removeConsenter(root, 'DMSP'));
    expect(progressOf(signedBy('AMSP', 'BMSP', 'CMSP'))).toEqual(['/Channel/Orderer/Admins: signed by AMSP, BMSP, CMSP: enough']);
  });

  it('counts an admin once, however often it signs, and nobody else of its organisation', () => {
    expect(signedBy('AMSP', 'AMSP').signatures).toHaveLength(1);
    const client = withSignature(signedBy(), 'AMSP', channel.signerOf('AMSP', 'client'));
    expect(judgeSignatures(client)[0]!.among.filter(({ requirement }) => requirement.satisfied)).toEqual([]);
  });

  it('stops a change that is handed in too early', () => {
    expect(() => {
      assertSigned(signedBy('AMSP'));
    }).toThrow(
      expect.objectContaining({
        code: 'CHANNEL_UNSIGNED',
        message: expect.stringContaining('BMSP, CMSP, DMSP, EMSP needed') as unknown,
      }) as Error,
    );
    expect(() => {
      assertSigned(signedBy('AMSP', 'CMSP', 'DMSP'));
    }).not.toThrow();
  });
});

describe('the file', () => {
  it('brings update and signatures to another machine as they were', () => {
    const folder = mkdtempSync(join(tmpdir(), 'signature-file-'));
    const file = join(folder, 'change.json');
    try {
      const signed = signedBy('AMSP', 'BMSP');
      writeSignatureFile(file, signed);
      const read = readSignatureFile(file);
      expect(Buffer.from(writeUpdateEnvelope(read))).toEqual(Buffer.from(writeUpdateEnvelope(signed)));
      const more = withSignature(read, 'CMSP', channel.signerOf('CMSP'));
      expect(() => {
        assertSigned(parseSignatureFile(formatSignatureFile(more), file));
      }).not.toThrow();
      expect(readFileSync(file, 'utf8')).not.toContain('PRIVATE KEY');
      writeFileSync(file, readFileSync(file, 'utf8').slice(0, -10));
      expect(() => readSignatureFile(file)).toThrow(expect.objectContaining({ code: 'CHANNEL_FILE_INVALID' }) as Error);
    } finally {
      rmSync(folder, { recursive: true });
    }
    expect(() => readSignatureFile(file)).toThrow(expect.objectContaining({ code: 'CHANNEL_FILE_INVALID' }) as Error);
  });

  it('says above the bytes what they do and who has signed', () => {
    const content = JSON.parse(formatSignatureFile(signedBy('AMSP'))) as Content;
    expect(content.summary).toEqual([
      'Policy Witnessed of the members: 3 of the peers of AMSP, BMSP, CMSP, DMSP instead of 2 of the peers of AMSP, BMSP, CMSP, DMSP.',
    ]);
    expect(content.policies).toEqual(['/Channel/Application/Admins: the Admins of 3 of AMSP, BMSP, CMSP, DMSP, EMSP']);
    expect(content.signatures[0]).toMatchObject({ organisation: 'AMSP', by: expect.stringContaining('admin@amsp.devnet') as unknown });
  });
});

interface Content {
  format: string;
  channel: string;
  sequence: number;
  summary: string[];
  policies: string[];
  signatures: { organisation: string; by: string; header: string; signature: string }[];
  update: string;
  configuration: string;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

describe('a file that somebody tampered with is refused', () => {
  const other = (): ChannelUpdate => computeUpdate((root) => setPolicies(root, [{ name: 'Witnessed', outOf: 1, mspIds: ['BMSP'] }]));

  it.each<[string, (content: Content) => void, string]>([
    ['its summary says something else', (content) => (content.summary = ['Nothing of importance.']), 'its summary says something else'],
    ['its summary says less', (content) => content.summary.pop(), 'its summary says something else'],
    ['its policies ask for less', (content) => (content.policies = []), 'its policies says something else'],
    [
      'another update stands under the same words',
      (content) => (content.update = base64(other().bytes)),
      'its summary says something else',
    ],
    [
      'another update stands in it with its own words',
      (content) => {
        const { update: bytes, summary, policies } = JSON.parse(formatSignatureFile({ update: other(), signatures: [] })) as Content;
        Object.assign(content, { update: bytes, summary, policies });
      },
      'the signature of AMSP is not good: it is not over this update',
    ],
    [
      'a signature is altered',
      (content) => (content.signatures[0]!.signature = base64(fromBase64(content.signatures[1]!.signature))),
      'the signature of AMSP is not good: it is not over this update',
    ],
    [
      'a signature is said to be of another member',
      (content) => (content.signatures[0]!.organisation = 'CMSP'),
      'the signature of CMSP is not good: it is of AMSP',
    ],
    ['a signature is said to be of another person', (content) => (content.signatures[0]!.by = 'CN=somebody'), 'it names another signer'],
    [
      'a signer is no member of the channel',
      (content) => {
        const header = common.SignatureHeader.deserializeBinary(fromBase64(content.signatures[0]!.header));
        header.setCreator(Buffer.from(Buffer.from(header.getCreator_asU8()).toString('latin1').replace('AMSP', 'XMSP'), 'latin1'));
        content.signatures[0]!.header = base64(header.serializeBinary());
      },
      'its organisation is no member of the channel',
    ],
    ['it is said to be for another configuration', (content) => (content.sequence += 1), 'the configuration is number 1'],
    ['it is said to be for another channel', (content) => (content.channel = 'side'), 'The update does not fit its configuration'],
    [
      'the configuration that the words are made from is another',
      (content) => {
        const { root, ...rest } = parseConfiguration('main', fromBase64(content.configuration));
        const changed = setPolicies(root, [{ name: 'Witnessed', outOf: 1, mspIds: ['AMSP', 'BMSP', 'CMSP', 'DMSP'] }]);
        content.configuration = base64(writeConfiguration({ ...rest, root: changed }));
      },
      'its summary says something else',
    ],
  ])('because %s', (_what, tamper, problem) => {
    const content = JSON.parse(formatSignatureFile(signedBy('AMSP', 'BMSP'))) as Content;
    tamper(content);
    expect(() => parseSignatureFile(JSON.stringify(content), 'change.json')).toThrow(
      expect.objectContaining({ code: 'CHANNEL_FILE_DIFFERS', message: expect.stringContaining(problem) as unknown }) as Error,
    );
  });

  it.each<[string, (content: Record<string, unknown>) => unknown]>([
    ['is of another form', (content) => ({ ...content, format: 'medaccord-channel-update-2' })],
    ['has something that no form has', (content) => ({ ...content, comment: 'all is well' })],
    ['lacks its update', ({ update: _, ...content }) => content],
    ['is a list', () => []],
  ])('and one that %s is none', (_what, tamper) => {
    const content = JSON.parse(formatSignatureFile(signedBy())) as Record<string, unknown>;
    expect(() => parseSignatureFile(JSON.stringify(tamper(content)), 'change.json')).toThrow(
      expect.objectContaining({ code: 'CHANNEL_FILE_INVALID' }) as Error,
    );
  });

  it('also an update that carries more than words can tell', () => {
    const message = common.ConfigUpdate.deserializeBinary(update.bytes);
    message.getIsolatedDataMap().set('hidden', Uint8Array.of(1));
    expect(() => openChannelUpdate(channel.base, message.serializeBinary())).toThrow(
      expect.objectContaining({ code: 'CHANNEL_FILE_DIFFERS', message: 'The update holds more than its words can tell.' }) as Error,
    );
  });
});

it('a change with which the channel would stand still is neither computed nor opened, whoever made it', () => {
  const shut = (root: ConfigGroupNode): ConfigGroupNode => changeValue(root, ['Orderer', 'CMSP'], 'Endpoints', () => writeEndpoints([]));
  const unsound = expect.objectContaining({ code: 'CHANNEL_CONFIGURATION_UNSOUND' }) as Error;
  expect(() => newChannelUpdate(channel.base, shut)).toThrow(unsound);
  const sets = computeSets(channel.base.root, shut(channel.base.root));
  const message = new common.ConfigUpdate();
  message.setChannelId(channel.base.channel);
  message.setReadSet(writeConfigGroup(sets.readSet));
  message.setWriteSet(writeConfigGroup(sets.writeSet));
  expect(() => openChannelUpdate(channel.base, message.serializeBinary())).toThrow(unsound);
});

describe('a change is for one configuration', () => {
  it('the newest, and no other that has its number', () => {
    const { base } = channel;
    const others: readonly [typeof base, string][] = [
      [{ ...base, sequence: base.sequence + 1 }, 'CHANNEL_OVERTAKEN'],
      [{ ...base, channel: 'side' }, 'CHANNEL_FILE_DIFFERS'],
      [{ ...base, root: removeConsenter(base.root, 'DMSP') }, 'CHANNEL_FILE_DIFFERS'],
    ];
    expect(() => {
      assertCurrent(base, { ...base });
    }).not.toThrow();
    for (const [current, code] of others)
      expect(() => {
        assertCurrent(base, current);
      }).toThrow(expect.objectContaining({ code }) as Error);
  });

  it('which it must change: nothing is to be signed where all is so already', () => {
    expect(
      newChannelUpdate(channel.base, (root) =>
        setPolicies(root, [{ name: 'Witnessed', outOf: 2, mspIds: ['DMSP', 'CMSP', 'BMSP', 'AMSP'] }]),
      ),
    ).toBeUndefined();
  });
});
