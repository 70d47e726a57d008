// What a decision costs in one process: by how much there is beside it, and with and without the answers that the check keeps.
import { decideAccess, parseRecordDetails } from '@medaccord/chaincode/model';
import { ASKED, newCheckScene } from './check-scene.mjs';

const SIZES = [10, 1_000, 100_000];
const NEEDED_PER_SECOND = 2_000;

/** Microseconds of CPU that one call of `operation` takes, the best of some rounds. */
async function measure(operation, { times = 2_000, rounds = 5 } = {}) {
  for (let n = 0; n < times; n += 1) await operation(n);
  let best = Infinity;
  for (let round = 0; round < rounds; round += 1) {
    const before = process.cpuUsage();
    for (let n = 0; n < times; n += 1) await operation(n);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / times);
  }
  return best;
}

/** Prints both; answers whether cached decisions come as fast as they must. */
export async function benchConsentCheck() {
  await benchSizes('others', 'relations of other patients in the read model');
  await benchSizes('versions', "versions of the relation's own consent");
  return benchCache();
}

async function benchSizes(what, title) {
  const found = [];
  for (const size of SIZES) {
    const scene = await newCheckScene({ [what]: size });
    const { relationRef, recordIds, facts } = scene;
    const lookUp = await measure(() => [facts.find('relation', relationRef), facts.findConsent(relationRef), facts.find('rules')]);
    const check = scene.newCheck({ most: { relations: 0, records: 0, rulings: 0 } });
    const decide = await measure(() => check.decide({ relationRef, ...ASKED }, recordIds), { times: 200 });
    found.push({ size, lookUp, decide });
    await scene.close();
  }
  for (const { size, lookUp, decide } of found) {
    const against = (part, own) => `${own.toFixed(0)} us (${(own / found[0][part]).toFixed(2)} x)`;
    console.log(`${String(size).padStart(7)} ${title}: looked up ${against('lookUp', lookUp)}, decided anew ${against('decide', decide)}`);
  }
}

async function benchCache() {
  const scene = await newCheckScene({ others: 1_000, records: 1_000 });
  const { relationRef, recordIds } = scene;
  const question = { relationRef, ...ASKED };
  const details = { ...parseRecordDetails(JSON.parse(scene.details), 'details'), recordId: recordIds[0] };
  const standing = (await scene.newCheck().decide(question, [recordIds[0]])).standing;
  const rule = await measure(() => decideAccess({ ...standing, ...ASKED, now: '2026-06-01T00:00:00.000Z', record: details }));
  const kept = scene.newCheck();
  const cached = await measure((n) => kept.decide(question, [recordIds[n % 1_000]]));
  const many = (await measure(() => kept.decide(question, recordIds), { times: 50 })) / recordIds.length;
  const forgetful = scene.newCheck({ most: { relations: 0, records: 0, rulings: 0 } });
  const anew = await measure((n) => forgetful.decide(question, [recordIds[n % 1_000]]), { times: 200 });
  await scene.close();
  const perSecond = (us) => `${(1e6 / us).toFixed(0).padStart(8)} decisions per second and core (${us.toFixed(1)} us of CPU each)`;
  console.log(`the rule alone                              ${perSecond(rule)}`);
  console.log(`cached, one record a question               ${perSecond(cached)}`);
  console.log(`cached, 1,000 records a question            ${perSecond(many)}`);
  console.log(`nothing kept: opened, verified, decided     ${perSecond(anew)}`);
  return 1e6 / cached >= NEEDED_PER_SECOND;
}
