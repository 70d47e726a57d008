#!/bin/sh
# The words and flags of Fabric's test-network, as `npm run network -- <verb>` knows them. README.md has the table.
here=$PWD
cd "$(dirname "$0")/.." || exit 1

usage() {
  cat <<'END'
network.sh <word> [flags]

  up | up createChannel | createChannel   the network with its channel and its chaincode, in the background
  deployCC                                the chaincode as it is built now, as the next sequence
  restart                                 down, then up; the ledger is kept
  down                                    stops it; the ledger is kept (reset forgets it)
  status, logs [process], backup, restore, doctor, certs, verify, channel, lifecycle, ...   as in `npm run network -- help`

  -bft              on Hyperledger Fabric with BFT orderers (--ledger fabric); else the topology's ledger
  -c NAME           the channel's name
  -ccn NAME         the chaincode's name (deployCC)
  -ccp FOLDER       where the chaincode is built
  -ccv VERSION      the chaincode's version (deployCC)
  -ccs N            the definition's sequence, or auto (deployCC)
  -ccl LANGUAGE     javascript or typescript
  -ca               certificates come from the members' authorities: always so
  -verbose          shows the command that is called
  -h                this
  all flags of `network` beside them: --topology FILE, --run-folder DIR, --base-port N, --json, ...

  Exit codes are those of `network`.
END
}

refuse() {
  printf 'USAGE: %s\n' "$1" >&2
  exit 2
}

only_deploy() {
  [ "$verb" = deploy ] || refuse "$1 belongs to deployCC"
}

word=${1:-help}
[ $# -gt 0 ] && shift
verb=$word
case $word in
  up) if [ "${1:-}" = createChannel ]; then shift; word=createChannel; fi ;;
  createChannel) verb=up ;;
  # With names of processes it is `network restart`.
  restart) case ${1:-} in '' | -*) ;; *) word=one ;; esac ;;
  deployCC | deployCCAAS) verb=deploy ;;
  prereq) verb=binaries ;;
  -h | --help) verb=help ;;
  cc) refuse "cc is \`network lifecycle package|install|approve|commit|query --organisation NAME\` here" ;;
esac

# What is passed on is collected behind what is left to read.
channel='' ledger='' verbose='' left=$#
while [ "$left" -gt 0 ]; do
  flag=$1
  shift
  left=$((left - 1))
  case $flag in
    -c | -ccn | -ccp | -ccv | -ccs | -ccl | -ccep | -cccg | -cci | -s | -r | -d | -i | -cai)
      [ "$left" -gt 0 ] || refuse "$flag needs a value"
      given=$1
      shift
      left=$((left - 1))
      ;;
  esac
  case $flag in
    -h) usage; exit 0 ;;
    -verbose) verbose=1 ;;
    -ca | -r | -d) ;;
    -bft) ledger=fabric; set -- "$@" --ledger fabric ;;
    -c) channel=$given; set -- "$@" --channel "$given" ;;
    -ccn) only_deploy -ccn; set -- "$@" --name "$given" ;;
    -ccv) only_deploy -ccv; set -- "$@" --version "$given" ;;
    -ccs) only_deploy -ccs; set -- "$@" --sequence "$given" ;;
    -ccp)
      case $given in /*) ;; *) given=$here/$given ;; esac
      set -- "$@" --chaincode-folder "$given"
      ;;
    -ccl)
      case $given in
        javascript | typescript | node) ;;
        *) refuse "-ccl $given: chaincode is a Node program here, javascript or typescript; see \`chaincode.folder\` in the topology file" ;;
      esac
      ;;
    -ccep) refuse "-ccep: who must endorse is \`chaincode.policy\` in the topology file, one of its \`policies\`; then deployCC" ;;
    -cccg) refuse "-cccg: private data collections are \`chaincode.collections\` in the topology file; then deployCC" ;;
    -cci) refuse "-cci: the first transactions are \`chaincode.first\` in the topology file" ;;
    -s) case $given in goleveldb | leveldb) ;; *) refuse "-s $given: the peers' state is in LevelDB; rich queries are answered by the gateways' read models" ;; esac ;;
    -i | -cai) refuse "$flag: nothing here is an image; Fabric's release is \`fabric.version\` in the topology file" ;;
    -cfssl) refuse "-cfssl: certificates come from the members' own authorities (\`network ca\`)" ;;
    *)
      case $flag in --ledger | --ledger=* | --topology | --topology=* | --run-folder | --run-folder=*) ledger=given ;; esac
      set -- "$@" "$flag"
      ;;
  esac
done

# The default network of the two ledgers: the words after `up -bft` mean the one that runs.
if [ -z "$ledger" ] && [ "$verb" != up ] && [ ! -e run/medaccord/supervisor.json ] && [ -e run/medaccord-fabric/supervisor.json ]; then
  set -- "$@" --ledger fabric
fi

call() {
  [ -z "$verbose" ] || printf '+ npm run network -- %s\n' "$*" >&2
  node .config/launch.mjs network "$@"
}

if [ "$verb" = help ]; then
  usage
  exit 0
fi
if [ "$word" = restart ]; then
  call down "$@"
  stopped=$?
  # 4: it did not run.
  [ $stopped -eq 0 ] || [ $stopped -eq 4 ] || exit $stopped
  verb=up
fi
call "$verb" "$@"
code=$?
# 3: it runs already. Its channel came with it.
if [ "$word" = createChannel ] && [ $code -eq 3 ] && call status "$@" --json | grep -q "\"channel\":\"${channel:-[^\"]*}\""; then
  echo 'The running network has its channel already: `up` makes it.'
  exit 0
fi
exit $code
