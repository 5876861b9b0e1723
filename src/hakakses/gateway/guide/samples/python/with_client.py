"""python3 with_client.py ask.json - as verify.py, with hakakses.client: it renews tokens and repeats what may be repeated.

0 SESUAI, 1 TIDAK_SESUAI, 2 ditolak / refused, 75 coba lagi nanti / try later.
"""

import json
import sys
from pathlib import Path

from hakakses.client import Client, HakaksesError, NotUnderstood, Secret, SigningKey, TryLater, Unreachable


def main(path: str) -> int:
    given = json.loads(Path(path).read_text(encoding="utf-8"))
    ask = given["ask"]
    if "key_file" in given:
        credential = SigningKey.from_file(given["client_id"], given["key_file"])
    else:
        credential = Secret(given["client_id"], given["client_secret"])
    try:
        with Client(given["base_url"], credential) as client:
            answer = client.verify(
                ask["nik"],
                ask["elements"],
                purpose=ask["purpose"],
                operator=ask["caller"].get("operator", ""),
                key=given["key"],
            )
    except (NotUnderstood, TryLater, Unreachable) as later:
        print(later, file=sys.stderr)
        return 75
    except HakaksesError as refused:
        print(refused, file=sys.stderr)
        return 2
    print(answer.result)
    for code, verdict in answer.elements.items():
        print(f"  {code}: {verdict}")
    print("tanda terima / receipt:", answer.receipt.seq)
    return 0 if answer.result == "SESUAI" else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
