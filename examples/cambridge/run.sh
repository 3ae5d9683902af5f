#!/usr/bin/env bash
# The whole example from the command line: run.sh DIR [DATA_DIR]
# DIR is the new workspace, DATA_DIR holds the city's files (see README.md). GISAPP names the program; without it
# the gisapp on the PATH is taken, else the one that `make` has put into the repository's .venv.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
shared="${GISAPP_SHARED:-$here/../../../shared}"
[ -d "$shared/data" ] && shared="$shared/data"
dir="${1:?usage: run.sh DIR [DATA_DIR]}"
data="${2:-$shared/cambridge}"
own="$here/../../.venv/bin/gisapp"
if [ -n "${GISAPP:-}" ]; then
  read -r -a gisapp <<< "$GISAPP"
elif command -v gisapp >/dev/null; then
  gisapp=(gisapp)
elif [ -x "$own" ]; then
  gisapp=("$(cd "$(dirname "$own")" && pwd)/gisapp")
else
  echo "gisapp is not installed: run 'make test' or 'make app' in the repository first, or set GISAPP" >&2
  exit 2
fi

[ -f "$data/parcelsFY2014_joined.parquet" ] || { echo "no Cambridge data in $data; name its folder as second argument" >&2; exit 2; }

"${gisapp[@]}" init "$dir" --empty
rm -rf "$dir"/parcels/{rulebooks,policies,codes,tables,ledger,procedures,targets.yaml}
cp -R "$here/layers" "$here/parcels" "$dir/"

"${gisapp[@]}" import "$dir" "$data/CDD_ZoningDistricts.geojson" --to zoning
"${gisapp[@]}" import "$dir" "$data/CDD_ZoningOverlayDistricts.geojson" --to overlay
"${gisapp[@]}" import "$dir" "$data/HYDRO_Wetlands.geojson" --to wetlands
"${gisapp[@]}" import "$dir" "$data/RECREATION_OpenSpace.geojson" --to open_space
"${gisapp[@]}" import "$dir" "$data/TRANS_SubwayLines.geojson" --to subway
"${gisapp[@]}" import "$dir" "$data/TRANS_SubwayStations.geojson" --to stations

"${gisapp[@]}" import "$dir" "$data/parcelsFY2014_joined.parquet" --map "$here/mapping.yaml" --fix --json > "$dir/import.json"
python3 - "$dir/import.json" <<'PY'
import json, sys

result = json.load(open(sys.argv[1], encoding="utf-8"))
kept, fixed, aside = result["kept"], len(result["fixed"]), len(result["quarantined"])
print(f"rows in {result['rows_in']} = kept {kept} + fixed {fixed} + quarantined {aside}  (GEOS {result['geos']})")
for row in result["quarantined"]:
    print(f"  row {row['row']}  {row['id']}  {row['reason']}")
for row in result["fixed"]:
    print(f"  row {row['row']}  {row['id']}  {row['reason']}  {row['area_before_m2']:.3f} -> {row['area_after_m2']:.3f} m2")
assert kept + fixed + aside == result["rows_in"] == 13116, "every row must be accounted for"
PY

for rulebook in redevelopment mixed_use; do
  "${gisapp[@]}" evaluate "$dir" --rulebook "$rulebook" --out "$dir/out/$rulebook"
done
"${gisapp[@]}" check "$dir"
for parcel in 127-123 189-8; do
  "${gisapp[@]}" explain "$dir" "$parcel" --rulebook redevelopment
  "${gisapp[@]}" explain "$dir" "$parcel" --rulebook mixed_use
done
echo "open it with: ${gisapp[*]} serve $dir"
