import './support/quiet';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { MedaccordContract } from '../src/contracts/medaccord-contract';
import { requests } from '../src/model';
import { newConsortium, MEMBERS } from './support/story';
import { runWholeStory } from './support/whole-story';
import { ConsortiumTwin } from './support/consortium-twin';
import { HOSPITAL, CLINIC } from './support/story';

/** A process's environment in another order, with other time zone and locale. */
function runElsewhere(input: string, more: Readonly<Record<string, string>>): string {
  const reordered = Object.fromEntries(Object.entries(process.env).reverse());
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(__dirname, 'support/replay.cjs')], {
    input,
    env: { ...more, ...reordered, ...more },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

describe('determinism', () => {
  test('every transaction gives the same reads, writes, answer and event at every endorser, in any time zone and locale', async () => {
    const twin = await newConsortium();
    await runWholeStory(twin);
    expect(new Set(twin.endorsements.map(({ proposal }) => proposal.args[0]))).toEqual(new Set(Object.keys(requests)));
    const committed = new Map(twin.chain.map(({ proposal, simulation }) => [proposal.txId, simulation]));
    const steps = twin.endorsements.map((endorsement) => ({ ...endorsement, committed: committed.has(endorsement.proposal.txId) }));
    const input = JSON.stringify({ members: MEMBERS, steps });
    const digests = [{ TZ: 'Asia/Kathmandu', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' }].map((environment) =>
      runElsewhere(input, environment),
    );
    const here = createHash('sha256');
    const again = new ConsortiumTwin(MEMBERS);
    for (const { proposal, endorsers, committed: isCommitted } of steps) {
      const endorsed = await again.replay(proposal, endorsers);
      here.update(JSON.stringify(endorsed.simulation));
      if (isCommitted) again.commit(endorsed);
    }
    expect(new Set(digests)).toEqual(new Set([here.digest('hex')]));
  }, 60_000);

  test('a difference between endorsers is noticed', async () => {
    let count = 0;
    class DriftingContract extends MedaccordContract {
      override async aroundTransaction(...args: Parameters<MedaccordContract['aroundTransaction']>): Promise<void> {
        await args[0].stub.putState('drift', Buffer.from(String(count++)));
        return super.aroundTransaction(...args);
      }
    }
    const twin = new ConsortiumTwin([HOSPITAL, CLINIC], { [HOSPITAL]: [DriftingContract], [CLINIC]: [DriftingContract] });
    await expect(twin.endorse(await twin.identity(HOSPITAL), ['GetOrganisations', '{}'])).rejects.toThrow('do not match');
  });
});
