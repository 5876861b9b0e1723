"""python3 verify.py ask.json - tanyakan apakah nilai sesuai / ask whether values match.

0 SESUAI, 1 TIDAK_SESUAI, 2 ditolak / refused, 75 coba lagi nanti / try later.
"""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request


def post(url, data, **headers):
    request = urllib.request.Request(url, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def main(path):
    with open(path, encoding="utf-8") as file:
        given = json.load(file)
    form = {
        "grant_type": "client_credentials",
        "client_id": given["client_id"],
        "client_secret": given["client_secret"],
    }
    status, reply = post(given["base_url"] + "/oauth2/token", urllib.parse.urlencode(form).encode())
    if status != 200:
        print("token:", reply.get("error") or reply["code"], file=sys.stderr)
        return 2 if "error" in reply or reply["final"] else 75
    headers = {
        "Authorization": "Bearer " + reply["access_token"],
        "Content-Type": "application/json",
        "Idempotency-Key": given["key"],  # the same ask under the same key is charged once
    }
    status, reply = post(
        given["base_url"] + "/v1/verifications", json.dumps(given["ask"]).encode(), **headers
    )
    if status != 200:
        print(f"{reply['code']}: {reply['title']} / {reply['title_en']}", file=sys.stderr)
        return 2 if reply["final"] else 75
    print(reply["result"])
    for code, verdict in reply["elements"].items():
        print(f"  {code}: {verdict}")
    print("tanda terima / receipt:", reply["receipt"]["seq"])
    return 0 if reply["result"] == "SESUAI" else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except (OSError, ValueError) as fault:  # no reply, or not ours
        print(type(fault).__name__, file=sys.stderr)
        sys.exit(75)
