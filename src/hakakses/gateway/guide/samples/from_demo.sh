#!/bin/sh
# sh from_demo.sh demo.json ask.json - pertanyaan tentang penduduk rekaan / an ask about an invented resident.
set -eu
umask 077
jq '{
    base_url,
    client_id: .clients[0].id,
    client_secret: .clients[0].secret,
    key: "coba-1",
    ask: {
        nik: .residents[0].NIK,
        purpose: .clients[0].purpose,
        elements: (.residents[0] | {NAMA_LGKP, TGL_LHR}),
        caller: {kind: "operator", operator: .clients[0].operators[0]}
    }
}' "$1" >"$2"
