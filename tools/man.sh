#!/usr/bin/env bash
# Writes the manual pages from the program's own help, so that the two cannot disagree.
#
#   tools/man.sh NOROSHI FOLDER
set -euo pipefail
program=$(realpath "$1") folder=$2
mkdir -p "$folder"
version=$("$program" --version | sed 's/.* //')

page() {  # NAME TITLE ARGUMENT...
  local name=$1 title=$2
  shift 2
  local wrapper
  wrapper=$(mktemp)
  # help2man calls a program with --help; a command of ours is the program with words before it.
  printf '#!/bin/sh\nexec %q %s "$@"\n' "$program" "$*" >"$wrapper"
  chmod +x "$wrapper"
  help2man --no-info --no-discard-stderr --section=1 --name="$title" \
    --version-string="noroshi $version" --source="noroshi $version" \
    --manual='Noroshi' "$wrapper" |
    sed -e "s|${wrapper##*/}|noroshi${*:+ $*}|g" -e "s|${wrapper//\//\\/}|noroshi|g" >"$folder/$name.1"
  rm -f "$wrapper"
}
page noroshi 'watch flow data, find the servers that command botnets, and say why'
page noroshi-analyze 'which servers look like command and control, and who is infected' analyze
page noroshi-recording-show 'what a recording of flow data holds' recording show
page noroshi-recording-cat 'the flows of a recording, one a line' recording cat
page noroshi-simulate 'a provider'"'"'s traffic with a botnet in it' simulate
echo "man: $(find "$folder" -name '*.1' | wc -l) pages in $folder"
