#!/bin/sh
exec "$(dirname "$0")/network.sh" down "$@"
