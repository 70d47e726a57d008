import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { gateway, peer } from '@hyperledger/fabric-protos';
import { CODE, METADATA, asBytes, readBlock, withMetadata, writeBlock } from '@medaccord/devnet/blocks';
import { FIELD, openRecordingSource, readRecording, writeRecording, type RecordedField, type RecordedStatus } from '../../src/recording';
import { verifySource } from '../../src/verify';
import { compareAnswers } from './recorded-answers';

/** Networks of integration tests on Hyperledger Fabric; see the data's README. */
const FOLDER = join(__dirname, '../data/fabric-recordings');
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.recording'));
const MOST_BYTES = 4 * 1024 * 1024;

jest.setTimeout(120_000);

describe.each(FILES)('the recorded Fabric network %s', (name) => {
  const file = join(FOLDER, name);

  it('is proved block by block: links, contents, orderers’ signatures, commit hashes, and the code of every transaction by our rules', async () => {
    const proved = await verifySource(openRecordingSource(file), { replay: true });
    expect(proved).toMatchObject({ findings: [], unjudged: [], gap: undefined });
    // The founding configuration is not judged: it is what the others are judged by.
    expect(proved.judged).toBe(proved.transactions - 1);
    const [founding] = proved.configurations;
    expect(founding).toMatchObject({ block: 0, consensus: 'BFT' });
    // Nobody signs block 0, and it has no commit hash.
    expect(proved.commitHashes).toBe(proved.blocks - 1);
    expect(proved.signatures).toBeGreaterThanOrEqual((proved.blocks - 1) * (founding?.quorum ?? Infinity));
  });

  it('told its clients what the devnet tells them of the same blocks', async () => {
    const compared = await compareAnswers(file);
    expect(compared.differences).toEqual([]);
    expect(Math.min(compared.filteredBlocks, compared.statuses)).toBeGreaterThan(5);
  });

  it('gives nothing away: no key is in it', () => {
    expect(zstdDecompressSync(readFileSync(file)).includes('PRIVATE KEY')).toBe(false);
  });
});

describe('the recordings', () => {
  it('are small enough for everybody who clones this, and the README names each of them', () => {
    expect(FILES.reduce((sum, name) => sum + statSync(join(FOLDER, name)).size, 0)).toBeLessThan(MOST_BYTES);
    const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8');
    expect(FILES.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('a recording in which one thing is altered', () => {
  const folder = mkdtempSync(join(tmpdir(), 'altered-'));
  const altered = join(folder, 'altered.recording');
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** Alters the first field of a kind of which `alter` makes another. */
  async function writeAltered(kind: number, alter: (bytes: Uint8Array) => Uint8Array | undefined): Promise<void> {
    const each = async function* (): AsyncIterable<RecordedField> {
      let isDone = false;
      for await (const { field, bytes } of readRecording(join(FOLDER, 'story.recording'))) {
        const other: Uint8Array | undefined = isDone || field !== kind ? undefined : alter(bytes);
        isDone ||= other !== undefined;
        yield { field, bytes: other ?? bytes };
      }
      expect(isDone).toBe(true);
    };
    await writeRecording(altered, each());
  }

  it('shows it: the code of a transaction', async () => {
    await writeAltered(FIELD.block, (bytes) => {
      const block = readBlock(bytes);
      if (block.number < 5) return undefined;
      const codes = Uint8Array.from(block.items, () => CODE.mvccReadConflict);
      return writeBlock(withMetadata(block, METADATA.transactionsFilter, codes));
    });
    const { findings } = await verifySource(openRecordingSource(altered), { replay: true });
    expect(findings).toMatchObject([{ kind: 'codes' }]);
  });

  it('shows it: a filtered block', async () => {
    await writeAltered(FIELD.filteredBlock, (bytes) => {
      const block = peer.FilteredBlock.deserializeBinary(bytes);
      block.setChannelId('another');
      return block.serializeBinary();
    });
    expect((await compareAnswers(altered)).differences).toEqual(['filtered block 0']);
  });

  it('shows it: an event', async () => {
    await writeAltered(FIELD.events, (bytes) => {
      const answer = gateway.ChaincodeEventsResponse.deserializeBinary(bytes);
      answer.getEventsList()[0]?.setEventName('another');
      return answer.serializeBinary();
    });
    expect((await compareAnswers(altered)).differences).toEqual([expect.stringContaining('events of block')]);
  });

  it('shows it: a status', async () => {
    await writeAltered(FIELD.status, (bytes) => {
      const [txId, code, block] = JSON.parse(Buffer.from(bytes).toString()) as RecordedStatus;
      return asBytes(Buffer.from(JSON.stringify([txId, code, block + 1])));
    });
    expect((await compareAnswers(altered)).differences).toEqual([expect.stringContaining('status of')]);
  });
});
