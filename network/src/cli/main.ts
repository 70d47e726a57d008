#!/usr/bin/env node
import type { Command } from './command';
import { loadCliConfig } from './config';
import { EXIT, exitCodeOf } from './exit-codes';
import { describeFailure } from './describe-failure';
import { newReporter } from './reporter';
import { UsageError } from './usage-error';

/** Loaded when called: a process that serves the certificate authorities has no use for the rest. */
const VERBS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./start.js')).start,
  up: async () => (await import('./up.js')).up,
  background: async () => (await import('./background.js')).background,
  down: async () => (await import('./down.js')).down,
  status: async () => (await import('./status.js')).status,
  logs: async () => (await import('./logs.js')).logs,
  deploy: async () => (await import('./deploy.js')).deploy,
  join: async () => (await import('./join.js')).join,
  restart: async () => (await import('./restart.js')).restart,
  lifecycle: async () => (await import('./lifecycle.js')).lifecycle,
  backup: async () => (await import('./backup.js')).backup,
  restore: async () => (await import('./restore.js')).restore,
  reset: async () => (await import('./reset.js')).reset,
  binaries: async () => (await import('./binaries.js')).binaries,
  doctor: async () => (await import('./doctor.js')).doctor,
  certs: async () => (await import('./certs.js')).certs,
  record: async () => (await import('./record.js')).record,
  channel: async () => (await import('./channel.js')).channel,
  verify: async () => (await import('./verify.js')).verify,
  'verify-audit': async () => (await import('./verify-audit.js')).verifyAudit,
  rules: async () => (await import('./rules.js')).rules,
  manifests: async () => (await import('./manifests.js')).manifests,
  members: async () => (await import('./members.js')).members,
  ca: async () => (await import('./ca.js')).ca,
};

const HELP = `network <verb> [options]

  start [--once] [--bundle FILE]   the network in the foreground, with the main job told in it; Ctrl-C stops it in order
  up [--organisation NAME]         the network in the background, or one member's part of it; returns when it is ready
  down                             stops it in order; the ledger is kept
  status [--watch]                 what runs, where, in how much memory, and how many blocks each node has
  logs [process] [--follow]        the last lines of one process, or of each   [--lines N]
  deploy [--chaincode-folder DIR]  the chaincode as it is built now, as an upgrade of the running network; refused when it is not what
                                   [--name NAME] [--version V] [--sequence N] say
  join                             takes into the running network what the topology file has in addition: organisations, orderers
  restart PROCESS...               processes one after another; "peer" stands for peer-NAME of each organisation
  lifecycle STEP                   one member's step: package, install, approve, readiness, commit or query   [--organisation NAME]
  backup FILE --organisation NAME  what an organisation keeps, private data included, in one sealed file   --passphrase-file FILE [--without-elsewhere]
  restore FILE --organisation NAME puts it back into a stopped network   --passphrase-file FILE [--only PARTS] [--force] [--dry-run]
  reset                            forgets a stopped network
  binaries                         finds Fabric's programs or fetches their release   [--archive URL|FILE] [--sha256 HEX]
  doctor                           what is wrong with the network, up or down, and what mends it   [--within DAYS] [--free-megabytes N]
  certs [renew [--restart]]        certificates and their days left; renews what is due   [--within DAYS] [--organisation NAME] [--metrics FILE]
  certs revoke FILE                a certificate at its CA; then channel revoke         --organisation NAME [--list FILE]
  record FILE                      the chain in one file, to be verified anywhere   [--organisation NAME] [--answers]
  verify [FOLDER|FILE]             proves the chain of a node or of a folder of block files   [--organisation NAME] [--against OTHER] [--from N] [--replay]
  verify-audit FILE...             holds audit proofs and receipts against the blocks of a peer, offline   --blocks FOLDER|FILE [--chaincode NAME]
  members                          what of each member is on this machine, with the fingerprints that members compare
  members export|import            the public part of this machine's member (--organisation NAME) for the others; theirs: FILE...   [--output FILE]
  channel begin|accept             makes the channel's first block of the members' public parts; takes another member's: FILE   [--output FILE] [--digest HEX]
  channel [show]                   the channel's configuration in words: members, orderers, policies
  channel CHANGE [--dry-run]       a change of it, as a file to sign or (--sign-all) at once: add-organisation NAME, add-orderer NAME,
                                   remove-organisation NAME, remove-orderer NAME, rotate-orderer NAME [--identity FILE] [--tls FILE],
                                   set [batch|bft|policies], revoke NAME [--list FILE]   [--organisation NAME] [--output FILE] [--host HOST]
  channel show|sign|submit FILE    what a change does and who signed, or what a block says; a member's signature (--organisation NAME); its ordering
  rules [show [FILE]]              the consortium rules in words, and as a file to edit (--output FILE); what a change does, and who has approved it
  rules CHANGE [--dry-run]         the next version of them, as a file to approve or (--approve-all) at once: members (roles as the topology says),
                                   suspend NAME, reinstate NAME   [--output FILE]
  rules approve|adopt FILE         a member's approval of a change; puts it in force when a majority has approved it   [--organisation NAME]
  manifests --output DIR           Compose, Kubernetes and monitoring files of the topology's network   [--check]
  ca [--organisation NAME]         serves the certificate authorities alone

  --topology FILE   another consortium than network/topologies/default.json
  --run-folder DIR  another place for everything it writes than run/<name>
  --ledger NAME     devnet or fabric, instead of the topology's
  --channel NAME    another channel than the topology's
  --chaincode-folder DIR   where the chaincode is built, instead of the topology's chaincode.folder
  --base-port N     other ports than the topology's: ten for each organisation
  --json            one JSON object per line and step
  --test-switches   with start and up: lets tests make the ledger misbehave; never where real data is

Exit codes: 0 done, 1 failed, 2 wrong command or topology, 3 runs already, 4 does not run, 5 differs from the ledger, 128+n signal n.
`;

async function main([verb = 'help', ...argv]: readonly string[]): Promise<number> {
  // A terminal that goes away must not end the network in disorder.
  process.stdout.on('error', () => undefined);
  if (['help', '--help', '-h'].includes(verb) || argv.includes('--help')) {
    process.stdout.write(HELP);
    return EXIT.done;
  }
  const config = loadCliConfig(process.env);
  try {
    const load = VERBS[verb];
    if (load === undefined) throw new UsageError(`There is no verb ${verb}.`);
    return await (
      await load()
    )(argv, config);
  } catch (error) {
    const failure = describeFailure(error);
    newReporter(argv.includes('--json'), config.colour).failure(verb, failure);
    return exitCodeOf(failure);
  }
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
