# Sourced by app/run.sh and tests/run.sh: installs Debian packages by name when missing.

# install_packages NAME...
install_packages () {
  missing=
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
      missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  if ! command -v apt-get >/dev/null; then
    echo "These Debian packages (or your system's like) are needed:$missing" >&2
    return 1
  fi
  sudo=
  [ "$(id -u)" -eq 0 ] || sudo=sudo
  echo "Installing:$missing"
  $sudo apt-get update -qq &&
    $sudo env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

# What it takes to build and run the window and roundoff-cli.
build_packages="build-essential pkg-config meson ninja-build gettext
  libgtk-4-dev libglib2.0-dev libjson-glib-dev libarchive-dev libmatio-dev
  adwaita-icon-theme librsvg2-common fonts-cantarell fonts-dejavu-core"
