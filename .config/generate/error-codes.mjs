import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { advice } from './error-advice.mjs';

const root = join(import.meta.dirname, '..', '..');

/** The page of all error codes. Fails when a code has no advice, or advice no code. */
export function renderErrorCodes(load) {
  const { errorCategories } = load('../chaincode/dist/model/index.js');
  const { codes } = load('../gateway/dist/problem/codes.js');
  const { fhirErrorCategories, fhirErrorStatuses } = load('../gateway/dist/fhir/fhir-error.js');
  const { categoryTable } = load('../gateway/dist/http/problem-document.js');
  const answered = (rows) =>
    Object.entries(rows).map(([code, row]) => {
      const category = row.category ?? row;
      return [code, category, row.status ?? fhirErrorStatuses[code] ?? categoryTable[category].status];
    });
  const chapters = [
    { title: 'Chaincode', text: 'Answered by transactions, passed on by gateways.', rows: answered(errorCategories) },
    {
      title: 'Gateway',
      text: 'Answered over HTTP, as RFC 9457 problems; under `/fhir` as OperationOutcomes.',
      rows: answered({ ...codes, ...fhirErrorCategories }).filter(([code]) => !(code in errorCategories)),
    },
    {
      title: 'FHIR Consent',
      text: 'Where a consent is read from FHIR or told as FHIR, with the place that is meant.',
      rows: unionIn('gateway/src/fhir-consent/fhir-consent-error.ts'),
    },
    {
      title: 'FHIR Claim',
      text: 'Where a claim is read from FHIR, with the place that is meant.',
      rows: unionIn('gateway/src/claims/fhir-claim-error.ts'),
    },
    {
      title: 'Network',
      text: 'On the command line.',
      rows: globSync('network/src/**/*-error.ts', { cwd: root }).sort().flatMap(unionIn),
    },
    { title: 'Devnet', text: 'On the command line and from `startDevnet`.', rows: unionIn('network/devnet/src/devnet-error.ts') },
  ];
  const known = new Set(chapters.flatMap(({ rows }) => rows.map(([code]) => code)));
  const without = [...known].filter((code) => !(code in advice));
  const unused = Object.keys(advice).filter((code) => !known.has(code));
  if (without.length + unused.length > 0)
    throw new Error(`error-advice.mjs: no advice for ${without.join(', ') || 'none'}; no code for ${unused.join(', ') || 'none'}`);
  return `# Error codes\n\nCodes are part of the interface: they are added, never renamed. No error carries personal data.\n\n${chapters.map(renderChapter).join('\n')}`;
}

/** The literals of a union type: codes that exist at compile time only. */
function unionIn(file) {
  const [, union = ''] = /export type \w+ErrorCode =([^;]+);/.exec(readFileSync(join(root, file), 'utf8')) ?? [];
  return [...union.matchAll(/'(\w+)'/g)].map(([, code]) => [code]);
}

function renderChapter({ title, text, rows }) {
  const isAnswered = rows[0].length > 1;
  const head = isAnswered
    ? '| Code | Category | HTTP | Why | What to do |\n|---|---|---|---|---|'
    : '| Code | Why | What to do |\n|---|---|---|';
  const lines = rows.map(([code, ...more]) => `| \`${code}\` | ${[...more, ...advice[code]].join(' | ')} |`);
  return `## ${title}\n\n${text}\n\n${head}\n${lines.join('\n')}\n`;
}
