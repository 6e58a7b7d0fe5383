#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what is missing, builds everything and runs every test but the long ones (label "long"). The last line is
# "N passed, N failed, N skipped". Arguments go to ctest, e.g. `cmake/test.sh -L unit` or `cmake/test.sh -R resume -V`.
#
# Environment: MONOCHORD_BUILD_DIR (default build/test), MONOCHORD_CMAKE_ARGS, MONOCHORD_EXTRA_PACKAGES,
# MONOCHORD_DISCORD_DATA (the folder with Discord's API as data; tests that need it are skipped without), and that of
# common.sh.
set -euo pipefail
MONOCHORD_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=common.sh
. "$MONOCHORD_TOP/cmake/common.sh"

case ${1:-} in
  -h | --help)
    sed -n '3,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit
    ;;
esac

read -ra packages <<<"${MONOCHORD_EXTRA_PACKAGES:-}"
monochord_setup test "${packages[@]}"
build=${MONOCHORD_BUILD_DIR:-$MONOCHORD_TOP/build/test}
read -ra extra <<<"${MONOCHORD_CMAKE_ARGS:-}"
if [ -n "${MONOCHORD_DISCORD_DATA:-}" ]; then
  extra+=("-DMONOCHORD_DISCORD_DATA=$MONOCHORD_DISCORD_DATA")
fi
echo "Building in $build"
monochord_configure "$build" -DCMAKE_BUILD_TYPE=Release "${extra[@]}"
started=$SECONDS
cmake --build "$build" -j "$(monochord_jobs)"
echo "Built in $((SECONDS - started)) s"

monochord_ctest "$build" -LE '^long$' "$@"
