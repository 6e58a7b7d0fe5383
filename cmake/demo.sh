#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what is missing, builds, and plays a conversation between a human user, the mock Discord and the example bot
# 01_ping. Exit status 0 only if the bot gave every answer. With --chat it leaves a prompt to talk to the bot.
#
#   cmake/demo.sh [--chat]
#
# Environment: MONOCHORD_BUILD_DIR (default build/demo), MONOCHORD_CMAKE_ARGS, and that of common.sh.
set -euo pipefail
MONOCHORD_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=common.sh
. "$MONOCHORD_TOP/cmake/common.sh"

case ${1:-} in
  "" | --chat) ;;
  -h | --help)
    sed -n '3,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit
    ;;
  *)
    echo "usage: cmake/demo.sh [--chat]" >&2
    exit 2
    ;;
esac

monochord_setup demo
build=${MONOCHORD_BUILD_DIR:-$MONOCHORD_TOP/build/demo}
read -ra extra <<<"${MONOCHORD_CMAKE_ARGS:-}"
echo "Building in $build"
monochord_configure "$build" -DCMAKE_BUILD_TYPE=Release -DMONOCHORD_TESTS=OFF "${extra[@]}" >/dev/null
cmake --build "$build" -j "$(monochord_jobs)" --target monochord-demo 01_ping
exec "$build/bin/monochord-demo" "$@"
