// npm run bench -- search: what a page of 20 costs among 100,000 resources against 1,000.
import { comparePages } from './pages.mjs';
import { newSearchScene } from './search-scene.mjs';

const SIZES = [1_000, 100_000];

const QUERIES = {
  'by type': 'Observation?_count=20',
  'by patient and code': 'Observation?patient=p100&code=http://loinc.org|c3&_count=20',
  'by code': 'Observation?code=c3&_count=20',
  'by date': 'Observation?date=ge2021-03-10&date=lt2021-09&_count=20',
  'by code and date': 'Observation?code=c3&date=ge2021-03-10T07:00:00Z&date=lt2023&_count=20',
  'by name': 'Patient?name=ande&_count=20',
  'by name and sex': 'Patient?name=castro&gender=female&_count=20',
};
/** Each half of all, and none is both: a page has nothing to give, and ends when it has looked at enough. */
const WORST = { 'nothing is both (worst case)': 'Observation?status=final&category=vital-signs&_count=20' };

/** Prints the figures; fails where a page among many costs more than one among few. */
export async function benchSearch() {
  const scenes = [];
  for (const size of SIZES) {
    const scene = await newSearchScene(size);
    console.log(`${String(size).padStart(7)} resources: indexed and listed for ${scene.filledUs.toFixed(0)} us of CPU each`);
    scenes.push(scene);
  }
  await comparePages(scenes, { queries: QUERIES, worst: WORST, countOf: ({ entry }) => (entry ?? []).length });
}
