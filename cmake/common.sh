# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What demo.sh, test.sh and .ci/run share: getting the packages onto the machine, configuring, running tests.
# MONOCHORD_TOP is the folder of the checkout.
#
#   MONOCHORD_SKIP_SETUP=1   leave the machine alone: whatever is needed is there already
#   MONOCHORD_DRY_RUN=1      print the packages and what would be done, then stop
#   MONOCHORD_OS_RELEASE     another file than /etc/os-release (for tests)
#
# Exit status 3: this system is not known; 4: packages are missing and there is no way to become root.

monochord_system() { # "debian-12", "ubuntu-24.04", ...
  (
    ID=unknown VERSION_ID=
    # shellcheck source=/dev/null
    . "${MONOCHORD_OS_RELEASE:-/etc/os-release}" 2>/dev/null
    echo "$ID-$VERSION_ID"
  )
}

# monochord_packages <system> <demo|test>: one name a line; status 1 when the system is not known.
monochord_packages() {
  local boost
  case $1 in
    debian-12) boost=libboost1.81-dev ;; # libboost-dev is 1.74 there, which is too old
    ubuntu-24.04) boost=libboost-dev ;;  # 1.83
    *) return 1 ;;
  esac
  printf '%s\n' ca-certificates cmake g++ ninja-build "$boost" libsimdjson-dev libspdlog-dev libsqlite3-dev libssl-dev libzstd-dev \
    nlohmann-json3-dev zlib1g-dev
  if [ "$2" = test ]; then
    printf '%s\n' catch2 libbenchmark-dev python3
  fi
}

monochord_missing() { # those of the given packages that are not installed
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

monochord_as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "This needs root, and there is no sudo. Run as root: apt-get install ${missing[*]}" >&2
    exit 4
  fi
}

monochord_apt_install() {
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@")
  # A machine that never ran `apt-get update`, or ran it long ago, knows no package or only ones that are gone.
  if ! apt-get install --simulate -q --no-install-recommends "$@" >/dev/null 2>&1; then
    monochord_as_root apt-get update -q </dev/null
  fi
  monochord_as_root "${install[@]}" </dev/null || {
    monochord_as_root apt-get update -q </dev/null
    monochord_as_root "${install[@]}" </dev/null
  }
}

# monochord_setup <demo|test> [more packages]: makes sure that everything is there, or says what is not and stops.
monochord_setup() {
  local system packages
  local -a wanted missing
  if [ "${MONOCHORD_SKIP_SETUP:-}" = 1 ] && [ "${MONOCHORD_DRY_RUN:-}" != 1 ]; then return; fi
  system=$(monochord_system)
  if ! packages=$(monochord_packages "$system" "$1"); then
    {
      echo "This system ($system) is not one of those whose packages are known here: Debian 12 and Ubuntu 24.04."
      echo "Needed: CMake >= 3.25, g++ >= 12 or clang >= 19, ninja, Boost >= 1.81, OpenSSL >= 3, zlib, zstd,"
      echo "simdjson >= 3, nlohmann/json >= 3.11, spdlog, and if you like SQLite >= 3.24; for the tests also Catch2 (2.13 or 3), Google Benchmark, Python 3."
      echo "On Debian 12 these are:" "$(monochord_packages debian-12 "$1" | tr '\n' ' ')"
      echo "Once they are there, run this again with MONOCHORD_SKIP_SETUP=1."
    } >&2
    exit 3
  fi
  mapfile -t wanted <<<"$packages"
  wanted+=("${@:2}")
  if [ "${MONOCHORD_DRY_RUN:-}" = 1 ]; then
    echo "needed on $system: ${wanted[*]}"
    exit 0
  fi
  mapfile -t missing < <(monochord_missing "${wanted[@]}")
  if [ "${#missing[@]}" -eq 0 ]; then return; fi
  echo "Installing ${#missing[@]} missing packages: ${missing[*]}"
  monochord_apt_install "${missing[@]}"
}

# How many compilations at a time: one a core, and no more than fit into memory at 1.5 GB each.
monochord_jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable:/ { print int($2 / 1500000) }' /proc/meminfo)
  if [ "${memory:-1}" -lt 1 ]; then memory=1; fi
  echo $((cores < memory ? cores : memory))
}

# monochord_configure <build folder> [cmake arguments]: with ccache, where it is installed. Its depend mode, for it must
# not compare preprocessed text: a precompiled header found by that may have been made of sources with other comments, and
# then g++ does not know by `#pragma once` that it holds them. (The namespace leaves what was kept without it.)
monochord_configure() {
  if [ -z "${CMAKE_CXX_COMPILER_LAUNCHER:-}" ] && command -v ccache >/dev/null; then
    export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_BASEDIR=$MONOCHORD_TOP CCACHE_NOHASHDIR=1 \
      CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_DEPEND=1 CCACHE_NAMESPACE=monochord-depend
  fi
  cmake -S "$MONOCHORD_TOP" -B "$1" -G Ninja "${@:2}"
}

# monochord_ctest <build folder> <ctest arguments>: runs tests; the last line is "N passed, N failed, N skipped". A test
# that could not be started stands in ctest's report as skipped, but is a failure.
monochord_ctest() {
  local report=$1/tests.xml status=0
  rm -f "$report"
  # One more than there are cores: some of them wait for the clock, or for another process.
  ctest --test-dir "$1" --output-on-failure --no-tests=error -j "$(($(nproc) + 1))" --output-junit "$report" "${@:2}" \
    </dev/null || status=$?
  if [ -f "$report" ]; then
    awk '
      /<testcase / { tests++ }
      /<failure/ { failed++ }
      /<skipped message="SKIP_RETURN_CODE/ { skipped++; next }
      /<skipped/ { failed++ }
      END { printf "%d passed, %d failed, %d skipped\n", tests - failed - skipped, failed, skipped }
    ' "$report"
  fi
  return "$status"
}
