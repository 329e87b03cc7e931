#!/bin/sh
# unpack.sh PACKAGE=VERSION: puts what a package of Debian holds into the current directory.
# apt checks what it downloads; no rights are needed, and nothing of the system is changed.
set -eu
wanted=$1
if ! apt-get -q download "$wanted"; then
  echo "Not in the lists of this machine; fetching lists of our own."
  mkdir -p lists/partial archives/partial
  set -- -o "Dir::State::lists=$PWD/lists" -o "Dir::Cache=$PWD"
  apt-get -q "$@" update
  apt-get -q "$@" download "$wanted"
fi
for package in ./*.deb; do dpkg-deb -x "$package" .; done
rm -rf lists archives ./*.bin ./*.deb
