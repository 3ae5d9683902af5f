#!/usr/bin/env bash
# Build the map component afresh and fail if the committed bundle differs.
set -euo pipefail
cd "$(dirname "$0")/../gisapp/ui/components/frontend"
npm ci --no-audit --no-fund --loglevel=error
npm run check
npm run build
cd - >/dev/null
if [ -n "$(git status --porcelain -- gisapp/ui/components)" ]; then
  git --no-pager diff --stat -- gisapp/ui/components
  git status --short -- gisapp/ui/components
  echo "The committed bundle is not what the sources build. Run 'make front' and commit the result." >&2
  exit 1
fi
echo "the committed bundle equals a fresh build"
