#!/bin/sh
# The words of Fabric's test-network, answered by `npm run network -- <verb>`: up, down, restart, deployCC, status, logs, reset, help.
cd "$(dirname "$0")/.." || exit 1
verb=${1:-help} && shift $(($# > 0))
case $verb in
  restart) node .config/launch.mjs network down "$@" && verb=up ;;
  deployCC) verb=deploy ;;
esac
exec node .config/launch.mjs network "$verb" "$@"
