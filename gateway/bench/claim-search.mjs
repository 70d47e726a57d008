// The second part of npm run bench -- claims: what a page of 20 costs among 100,000 claims of an insurer against 1,000.
import { newClaimScene } from './claim-scene.mjs';
import { comparePages } from './pages.mjs';

const SIZES = [1_000, 100_000];

const LARGE = 'currency=USD&minAmount=400000';
const QUERIES = {
  'newest first': '?',
  'by status': '?status=queued',
  'by status and hospital': '?status=complete&hospital=Hospital3MSP',
  'by coverage': '?coverage=COVERAGE',
  'by flag': '?flag=duplicate',
  'by period (a month)': '?from=2025-03-01T00:00:00.000Z&until=2025-04-01T00:00:00.000Z',
  'by service': '?service=s7',
  'by service and status': '?service=http://snomed.info/sct%7Cs7&status=complete',
  'by amount': `?${LARGE}`,
  'by amount, the largest first': `?${LARGE}&sort=-amount`,
  'by period, the largest first': '?from=2025-03-01T00:00:00.000Z&until=2025-04-01T00:00:00.000Z&currency=USD&sort=-amount',
  'all, by status': '?sort=status',
  'all, from the middle': '?sort=submittedAt&cursor=MIDDLE',
};
/** Each half of all, and none is both: a page has nothing to give, and ends when it has looked at enough. */
const WORST = { 'nothing is both (worst case)': '?service=even&hospital=OddMSP' };

/** Prints the figures; fails where a page among many costs more than one among few. */
export async function benchClaimSearch() {
  const scenes = [];
  for (const size of SIZES) {
    const scene = await newClaimScene(size);
    console.log(`${String(size).padStart(7)} claims: listed and indexed for ${scene.filledUs.toFixed(0)} us of CPU each`);
    scenes.push(scene);
  }
  await comparePages(scenes, { queries: QUERIES, worst: WORST, countOf: ({ claims }) => claims.length });
}
