// npm run bench [-- --ledger devnet,fabric]: each ledger's figures, then the consortium's on it, and on Fabric what our timers give.
// npm run bench -- consent [--ledger devnet,fabric]: what decisions cost, and how soon a revocation bites.
// npm run bench -- search: what a page of a search costs as data grows.
// npm run bench -- claims [--ledger devnet,fabric]: what a claim costs until its insurer has decided it, and a page of a search for claims.
// npm run bench -- audit: what an entry of the audit log costs.
import { parseArgs } from 'node:util';
import { benchAudit } from '../gateway/bench/audit.mjs';
import { benchClaimSearch } from '../gateway/bench/claim-search.mjs';
import { benchClaims } from '../gateway/bench/claims.mjs';
import { benchConsent } from '../gateway/bench/consent.mjs';
import { benchConsortium } from '../gateway/bench/consortium.mjs';
import { benchSearch } from '../gateway/bench/search.mjs';
import { benchFabricTimers } from '../network/bench/fabric-timers.mjs';
import { benchLedger } from '../network/bench/ledger.mjs';

const { values, positionals } = parseArgs({
  options: { ledger: { type: 'string', default: 'devnet' }, seconds: { type: 'string', default: '6' } },
  allowPositionals: true,
});
const seconds = Number(values.seconds);
const ledgers = values.ledger.split(',');

async function benchAll() {
  for (const ledger of ledgers) {
    const { write, asset } = await benchLedger({ ledger, seconds });
    await benchConsortium({ ledger, seconds, write, asset });
  }
  if (ledgers.includes('fabric')) await benchFabricTimers({ seconds });
}

async function benchAllClaims() {
  for (const ledger of ledgers) await benchClaims({ ledger, seconds });
  await benchClaimSearch();
}

async function benchConsents() {
  for (const ledger of ledgers) await benchConsent({ ledger, seconds });
}

const benches = {
  all: benchAll,
  consent: benchConsents,
  claims: benchAllClaims,
  search: benchSearch,
  audit: () => benchAudit({ seconds }),
};
const [name = 'all'] = positionals;
if (!Object.hasOwn(benches, name)) throw new Error(`There is no bench ${name}: ${Object.keys(benches).join(', ')}`);
await benches[name]();
