#!/bin/sh
# Installs what is missing, builds Roundoff in ./build and opens it on the digits.
# Without a display the same training runs in roundoff-cli.
#   sh app/run.sh [PRESET-OR-FILE]
set -eu
cd "$(dirname "$0")/.."
. app/packages.sh
install_packages $build_packages

[ -f build/build.ninja ] || meson setup build --buildtype=release -Dtests=false >build-setup.log 2>&1 || {
  cat build-setup.log >&2
  exit 1
}
rm -f build-setup.log
ninja -C build --quiet

experiment=${1:-digits}
if [ -n "${WAYLAND_DISPLAY:-}${DISPLAY:-}" ]; then
  exec build/app/roundoff "$experiment"
fi
echo "No display here: the same training runs in roundoff-cli instead of the window."
exec build/app/roundoff-cli train "$experiment"
