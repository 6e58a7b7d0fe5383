#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# demo.sh and test.sh choose the packages of the system they run on, and stop on one they do not know.
set -uo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

printf 'NAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="12"\n' >"$work/debian-12"
printf 'NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n' >"$work/ubuntu-24.04"
printf 'ID=ubuntu\nVERSION_ID="22.04"\n' >"$work/ubuntu-22.04"
printf 'ID=debian\nVERSION_ID="11"\n' >"$work/debian-11"
printf 'NAME="Arch Linux"\nID=arch\n' >"$work/arch"

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# run <os-release> <script>: sets text and status
run() {
  text=$(MONOCHORD_SKIP_SETUP='' MONOCHORD_DRY_RUN=1 MONOCHORD_OS_RELEASE="$work/$1" bash "$top/cmake/$2" 2>&1)
  status=$?
  text=${text//$'\n'/ }
}
has() { case " $text " in *" $1 "*) ;; *) fail "no $1 in: $text" ;; esac }
has_not() { case " $text " in *" $1 "*) fail "$1 in: $text" ;; esac }

for script in demo.sh test.sh; do
  run debian-12 $script
  [ $status -eq 0 ] || fail "$script on Debian 12 exits with $status"
  has libboost1.81-dev
  has_not libboost-dev
  has libsimdjson-dev

  run ubuntu-24.04 $script
  [ $status -eq 0 ] || fail "$script on Ubuntu 24.04 exits with $status"
  has libboost-dev
  has_not libboost1.81-dev
  has libsimdjson-dev

  for other in ubuntu-22.04 debian-11 arch not-there; do
    run $other $script
    [ $status -eq 3 ] || fail "$script on $other exits with $status, not 3"
    has libboost1.81-dev
    case $text in *MONOCHORD_SKIP_SETUP*) ;; *) fail "$script on $other does not say how to go on" ;; esac
  done
done

run debian-12 demo.sh
has_not catch2
run debian-12 test.sh
has catch2
has python3

# The scripts name every package that the error texts of the build name.
while read -r package; do
  has "$package"
done < <(grep -oE 'lib[a-z0-9.-]+-dev|zlib1g-dev|nlohmann-json3-dev' "$top/cmake/dependencies.cmake" | sort -u | grep -vx libboost-dev)

if command -v shellcheck >/dev/null; then
  mapfile -t scripts < <(find "$top/cmake" "$top/tests" -name '*.sh' -not -path '*/node_modules/*'; ls "$top/.ci/run")
  (cd "$top/cmake" && shellcheck -x -S warning "${scripts[@]}") || fail "shellcheck"
fi

echo "$failures failures"
[ "$failures" -eq 0 ]
