// From a revocation to the first refusal, on a running consortium under load: what a gateway's own check and the release agent do about it.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { formatInstant } from '@medaccord/chaincode/model';
import { openClient } from '../../network/bench/ledger-client.mjs';
import { findRecipients } from '../dist/story/index.js';
import { checkIn } from '../dist/story/steps/check-in.js';
import { importBundle } from '../dist/story/steps/import.js';
import { register } from '../dist/story/steps/register.js';
import { newRelationToken, newWallet, revokeConsent, signConsent } from '../dist/wallet/index.js';

const DAY_MS = 86_400_000;
/** Between two questions to a check: how finely the first refusal is seen. */
const POLL_MS = 4;

/** A patient with records and a relation, whose consents are signed in one chain. */
export async function newRelation(stage) {
  const { custodian, counterparty } = stage.cast;
  let plot = { wallet: newWallet(), requests: [], categories: [] };
  for (const step of [register, importBundle, checkIn]) ({ plot } = await step.run(stage, plot));
  const recipients = await findRecipients(stage.clientOf(custodian), [custodian, counterparty]);
  const { subjectRef, relationRef, categories } = plot;
  const token = await stage.tokenOf(custodian, 'records');
  const { records } = await stage.clientOf(custodian).get(`/api/records?subject=${subjectRef}`, { token });
  const permitted = records.filter(({ category }) => categories.includes(category)).map(({ recordId }) => recordId);
  const sign = async (signing, ...more) => {
    const { wallet, request } = await signing(plot.wallet, relationRef, ...more);
    plot = { ...plot, wallet };
    return request;
  };
  const permit = { decision: 'permit', categories, purposes: ['TREAT'] };
  return {
    ...{ relationRef, records: permitted, categories },
    permit: () => {
      const validity = { from: formatInstant(Date.now() - 60_000), until: formatInstant(Date.now() + DAY_MS) };
      return sign(signConsent, { sets: [{ base: 'deny', exceptions: [permit] }], validity }, recipients);
    },
    revoke: () => sign(revokeConsent),
    /** The relation's history at its custodian. */
    readHistory: async () => {
      const own = await newRelationToken(plot.wallet, relationRef, custodian.mspId);
      const { entries } = await stage.clientOf(custodian).get(`/api/relations/${relationRef}/history`, { token: own });
      return entries;
    },
  };
}

/** One question to a gateway's own check; answers its decision on the first record, or the code of what was answered instead. */
export async function check({ gateway }, token, { relationRef, records }, count = 1) {
  const body = JSON.stringify({ relationRef, purpose: 'TREAT', records: records.slice(0, count) });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(`${gateway}/api/decisions`, { method: 'POST', headers, body });
  const answer = await response.json();
  return response.ok ? answer.decisions[0].decision : answer.code;
}

/**
 * Permits and revokes in each relation, `revocations` in all, while its counterparty asks for access without a pause. The custodian's check is
 * asked again and again from the moment that a revocation, through the gateway of a third member, is sent.
 */
export async function measureRevocations({ stage, topology, relations, revocations }) {
  const { custodian, counterparty, outsider } = stage.cast;
  const blocks = await followBlocks(topology);
  const token = await stage.tokenOf(custodian, 'records');
  const samples = [];
  let left = revocations;
  let isOver = false;
  const until = async (relation, wanted) => {
    for (;;) {
      const found = await check(custodian, token, relation);
      if (found === wanted) return performance.now();
      await pause(POLL_MS);
    }
  };
  const decide = async (relation) => {
    while (left-- > 0) {
      await post(outsider, '/api/consents', await relation.permit());
      await until(relation, 'permit');
      const revocation = await relation.revoke();
      const sentAt = performance.now();
      const committed = post(outsider, '/api/consents', revocation);
      const deniedAt = await until(relation, 'deny');
      const { block } = await committed;
      samples.push({ commit: (await blocks.arrivalOf(block)) - sentAt, deny: deniedAt - sentAt });
    }
  };
  const ask = async ({ relationRef, categories }) => {
    const headers = { authorization: `Bearer ${await stage.tokenOf(counterparty, 'physician')}`, prefer: 'wait=5' };
    const counts = { released: 0, refused: 0, withdrawn: 0 };
    while (!isOver) {
      const body = { relationRef, purpose: 'TREAT', categories };
      const { status } = await post(counterparty, '/api/access-requests', body, { ...headers, 'idempotency-key': randomUUID() });
      if (status in counts) counts[status] += 1;
    }
    return counts;
  };
  const asking = relations.map(ask);
  await Promise.all(relations.map(decide));
  isOver = true;
  const counts = (await Promise.all(asking)).reduce((sum, one) =>
    Object.fromEntries(Object.keys(sum).map((key) => [key, sum[key] + one[key]])),
  );
  await blocks.close();
  const histories = await Promise.all(relations.map(({ readHistory }) => readHistory()));
  return { samples, counts, late: histories.flatMap(findLateReleases) };
}

/** Releases that were decided in a later block than a newer version of the consent. */
function findLateReleases(entries) {
  const consents = entries.filter(({ kind }) => kind === 'consent');
  return entries.filter(
    ({ kind, outcome, consentVersion, block }) =>
      kind === 'decision' && outcome === 'released' && consents.some((newer) => newer.version > consentVersion && newer.block < block),
  );
}

/** Repeats what did not get through: under load a member may lag behind another. */
async function post({ gateway }, path, body, headers = {}) {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(gateway + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (response.ok) return answer;
    if (attempt === 50) throw new Error(`${path}: ${answer.code}`);
    await pause(20);
  }
}

/** When each block arrived from the first organisation's peer, as it arrives at that organisation's gateway. */
async function followBlocks(topology) {
  const client = openClient(topology);
  const blocks = new Map();
  const blockAt = (number) => {
    if (!blocks.has(number)) blocks.set(number, Promise.withResolvers());
    return blocks.get(number);
  };
  const stream = await client.network.getFilteredBlockEvents();
  const following = (async () => {
    for await (const block of stream) blockAt(Number(block.getNumber())).resolve(performance.now());
  })();
  return {
    arrivalOf: (block) => blockAt(block).promise,
    close: async () => {
      stream.close();
      await following.catch(() => {});
      client.close();
    },
  };
}
