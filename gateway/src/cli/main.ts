#!/usr/bin/env node
import { describeFailure } from './cli-error';
import { EXIT, print, usage, type Command } from './command';
import { loadCliConfig } from './config';
import { newPaint } from './paint';
import { formatFailure } from './story-audience';

/** Loaded when called: each verb needs a part of the program only. */
const VERBS: Readonly<Record<string, () => Promise<Command>>> = {
  account: async () => (await import('./account.js')).account,
  client: async () => (await import('./client.js')).client,
  token: async () => (await import('./token.js')).token,
  rebuild: async () => (await import('./rebuild.js')).rebuild,
  story: async () => (await import('./story.js')).story,
  wallet: async () => (await import('./wallet.js')).wallet,
  delegate: async () => (await import('./delegate.js')).delegate,
  guardian: async () => (await import('./guardian.js')).guardian,
  assisted: async () => (await import('./assisted.js')).assisted,
  plan: async () => (await import('./plan.js')).plan,
};

const HELP = `medaccord <verb> [options]

  story --connections DIR [--bundle FILE] [--json] [--once]
        tells the main job on a running network, with a fresh patient; DIR is the network's run folder
  token --connection FILE --role ROLE [--name NAME] [--department NAME] [--team NAME]... [--hours N]
        signs a bearer token for staff of an organisation with its own token key; MEDACCORD_KEYS names the folder of its keys, as for the gateway
  rebuild --connection FILE [--data DIR] [--keys DIR] [--json]
        makes a gateway's read model anew from block 0 and its own peer's sealed values, beside the one in use; the gateway, which may go
        on meanwhile, takes it at its next start; --data and --keys where MEDACCORD_DATA and MEDACCORD_KEYS name other folders
  account add|role --connection FILE --user NAME --role ROLE [--department NAME] [--team NAME]... [--practitioner Practitioner/ID]
  account disable|enable|reset|end|list --connection FILE [--user NAME]
        who signs in at the gateway of an organisation; add and reset print an invitation, disable and end close all sessions
  client add --connection FILE --id ID [--title TEXT] --scope SCOPE... (--redirect URL... | --role ROLE) [--jwks FILE|URL]
  client remove|list --connection FILE [--id ID]
        the SMART applications that may use it: those that staff use (--redirect), and backend services (--role)
  wallet show|history|audit|consent|revoke|close|renew|token|preview|coverage|claims|dispute --connections DIR [--wallet FILE] [--relation REF] [--at MSPID] [--json]
        a patient's wallet; without --wallet the one of the story told last
        audit [--save FILE]: who did what with her records at a member, each entry proved to stand in its audit log as it was anchored;
        FILE keeps the proof, for next time and for the network's verify-audit
        consent (--policy NAME [--until DATE] | --fhir FILE) [--dry-run]: tells in words what it signs, signs and records it;
        NAME is basic-normal, all-normal, break-glass-only or deny; FILE holds a FHIR R4 Consent
        consent --export: what she signed, as a FHIR R4 Consent
        revoke: nothing is permitted until she consents again; close: ends the relation for good; renew: opens another with fresh keys, which
        permits nothing yet, and closes this one
        preview --document FILE: who would see which records by a consent before it is signed, and the difference from now;
                FILE holds JSON: {"sets": [...], "validity": {"from", "until"} or null}
        coverage [--accept COVERAGE]: tells in words what the insurer of the relation offers, and signs the terms that she accepts
        claims: what was billed about her, what is paid and what she owes, worked out again
        dispute --claim CLAIM --grounds TEXT [--authority MSPID]: appeals against the decision of a claim, to the insurer or after it to an authority
        MEDACCORD_WALLET_PASSPHRASE opens and keeps a locked wallet file
  delegate grant|end --connections DIR --wallet FILE --relation REF ...
        the patient's side. grant: --key FILE --kind KIND --powers P,P --until TIME [--from TIME] [--withhold C,C] [--majority TIME]
        end: --delegation N; KIND is guardian, power-of-attorney or support-person, P consent, revoke or history
  delegate key|consent|revoke|history --connections DIR --wallet FILE --relation REF ...
        the delegate's side, with the delegate's own wallet: key prints the key to be named in a grant; the others need
        --delegation N --at MSPID, the custodian; consent takes --document FILE, the sets as JSON, and [--until TIME]
  wallet recover show|paper|guardians|veto|keys|close|ask --connections DIR --wallet FILE [--patient REF] [--at MSPID] [--json]
        when keys are lost; docs/guides/lost-keys.md
        paper: the recovery seed, to be kept on paper; guardians --threshold N --guardian KEY...: who may help; veto: lifts a hold
        with MEDACCORD_RECOVERY_SEED: keys (a new wallet takes over), close --relation REF, veto
        ask: with nothing left, makes a new wallet and what its custodian's registrar needs
  guardian key --file FILE
  guardian approve --file FILE --patient REF --connections DIR [--code 'NNNN ...'] [--at MSPID]
        a guardian's key, and the approval of a recovery whose code the patient has told
  assisted card
        a new card for a patient without a device: printed once, stored nowhere
  assisted register|check-in|consent|revoke|notices|notice|end --connections DIR --at MSPID [--json]
        the desk of that member; MEDACCORD_STAFF_TOKEN is the token of whoever works there, MEDACCORD_CARD what stands on the card
        register --details FILE: name and birthDate, JSON; check-in --counterparty MSPID [--kind care|cover|research]...
        consent --relation REF (--policy NAME | --document FILE) [--until INSTANT]; revoke --relation REF: with the card alone
        notices; notice --relation REF --version N --channel post|telephone|visit|message: by another person than the witness
        end --relation REF: on the patient's word, without her card
  plan check PLAN.json [--json]
        validates a benefit plan and tells it in words; docs/reference/benefit-plan.md
  plan estimate PLAN.json CLAIM.json [--used ACCUMULATORS.json] [--facts FACTS.json] [--prior EOB.json] [--fhir | --claim-response | --json]
        what the plan pays for a FHIR R4 Claim, line by line, offline: in words, as an ExplanationOfBenefit (--fhir) or a
        ClaimResponse (--claim-response) of FHIR R4, or whole (--json)
        --used: what is used of the plan year, or the --json answer to the claim before; --prior: what the payer before paid

Exit codes: 0 done, 1 failed, 2 called wrongly.`;

async function main([verb = 'help', ...argv]: readonly string[]): Promise<number> {
  // A terminal that goes away must not end a step in the middle.
  process.stdout.on('error', () => undefined);
  if (['help', '--help', '-h'].includes(verb) || argv.includes('--help')) {
    print(HELP);
    return EXIT.done;
  }
  const config = loadCliConfig(process.env);
  try {
    const load = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
    if (load === undefined) throw usage(`There is no verb ${verb}.`);
    return await (
      await load()
    )(argv, config);
  } catch (error) {
    const failure = describeFailure(error);
    if (argv.includes('--json')) print(JSON.stringify({ step: verb, title: failure.message, ok: false, transactions: [], error: failure }));
    else process.stderr.write(`${formatFailure(error, newPaint(config.colour)).join('\n')}\n`);
    return failure.code === 'USAGE' ? EXIT.usage : EXIT.failed;
  }
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
