#!/usr/bin/env bash
# clang-tidy over the sources of src/ and apps/ that differ from a commit, or over all of them.
#
#   tools/tidy.sh BUILD_FOLDER [COMMIT|all]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=$1 base=${2:-HEAD}

if [[ $base == all ]]; then
  mapfile -t sources < <(find src apps -name '*.cpp' | sort)
else
  mapfile -t sources < <({
    git diff --name-only --diff-filter=d "$base" -- 'src/*.cpp' 'apps/*.cpp'
    git ls-files --others --exclude-standard -- 'src/*.cpp' 'apps/*.cpp'
  } | sort -u)
fi
if ((${#sources[@]} == 0)); then
  echo "tidy: no source differs from $base"
  exit 0
fi
echo "tidy: ${#sources[@]} sources"
# g++'s own warning flags are unknown to clang's parser only in name: they are not the linter's work.
printf '%s\0' "${sources[@]}" |
  xargs -0 -n 1 -P "$(nproc)" clang-tidy -p "$build" --quiet --extra-arg=-Wno-unknown-warning-option
