#!/bin/sh
# sh verify.sh ask.json - tanyakan apakah nilai sesuai / ask whether values match.  Needs curl and jq.
# 0 SESUAI, 1 TIDAK_SESUAI, 2 ditolak / refused, 75 coba lagi nanti / try later.
set -eu
file=$1
base=$(jq -r .base_url "$file")
reply=$(mktemp) # readable by its owner alone
trap 'rm -f "$reply"' EXIT

# What is secret reaches curl through standard input: arguments are seen by everyone on the machine.
post() {
    curl -sS --max-time 10 --config - --output "$reply" --write-out '%{http_code}' "$base$1"
}

refused() {
    jq -r 'if .error then "token: \(.error)" else "\(.code): \(.title) / \(.title_en)" end' "$reply" >&2
    [ "$(jq -r 'has("error") or .final' "$reply")" = true ] && exit 2
    exit 75
}

status=$(
    jq -r '"grant_type=client_credentials&client_id=\(.client_id | @uri)&client_secret=\(.client_secret | @uri)"
        | "data = \(tojson)"' "$file" | post /oauth2/token
) || exit 75
[ "$status" = 200 ] || refused

# The same ask under the same Idempotency-Key is charged once.
status=$(
    jq -r --slurpfile token "$reply" '
        "header = \"Authorization: Bearer \($token[0].access_token)\"",
        "header = \"Content-Type: application/json\"",
        "header = \"Idempotency-Key: \(.key)\"",
        "data-raw = \(.ask | tojson | tojson)"' "$file" | post /v1/verifications
) || exit 75
[ "$status" = 200 ] || refused

jq -r '.result, (.elements | to_entries[] | "  \(.key): \(.value)"), "tanda terima / receipt: \(.receipt.seq)"' "$reply"
[ "$(jq -r .result "$reply")" = SESUAI ]
