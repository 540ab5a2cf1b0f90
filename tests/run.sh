#!/bin/sh
# Installs what is missing, builds Roundoff and runs every test: engine, drawing, widgets and the
# real window under Xvfb, then the engine's tests once more under ASan and UBSan.
# The last line reads "N passed, N failed, N skipped", counted from the TAP subtests.
set -eu
cd "$(dirname "$0")/.."
. app/packages.sh
install_packages $build_packages \
  xvfb xauth dbus at-spi2-core xdotool desktop-file-utils appstream codespell locales \
  python3 python3-numpy python3-gi libasan8 libubsan1 dataset-fashion-mnist

configure () {
  directory=$1
  shift
  [ -f "$directory/build.ninja" ] && set -- --reconfigure "$@"
  meson setup "$directory" -Dwerror=true "$@" >"$directory.log" 2>&1 || {
    cat "$directory.log" >&2
    exit 1
  }
  rm -f "$directory.log"
}

build () {
  ninja -C "$1" --quiet || exit 1
}

# Tests must not see the user's display, session bus, settings or home.
XDG_RUNTIME_DIR=$(mktemp -d)
HOME=$(mktemp -d)
export XDG_RUNTIME_DIR HOME
LOCPATH=$(mktemp -d)
trap 'rm -rf "$XDG_RUNTIME_DIR" "$HOME" "$LOCPATH"' EXIT
# A locale with a decimal comma, which no file may notice.
localedef -i de_DE -f UTF-8 "$LOCPATH/de_DE.UTF-8" >/dev/null 2>&1 && export LOCPATH
unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS DISPLAY

failed=0
configure build-test
build build-test
# Without -noreset a client that comes just as the last one leaves finds no display.
dbus-run-session -- xvfb-run -a -s '-screen 0 1400x1000x24 -nolisten tcp -noreset' \
  meson test -C build-test --print-errorlogs --no-suite slow || failed=1

configure build-sanitize -Db_sanitize=address,undefined -Db_lundef=false -Dgtk=disabled
build build-sanitize
ASAN_OPTIONS=detect_leaks=1 LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp:print_suppressions=0 \
  UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
  meson test -C build-sanitize --print-errorlogs --suite engine --timeout-multiplier 4 || failed=1

/usr/bin/python3 tests/count-tap.py build-test build-sanitize || failed=1
exit $failed
