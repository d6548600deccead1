#!/usr/bin/env python3
"""Sends rides and a till's receipts to the green points service, signed. One file, nothing but Python 3.9 or newer.

examples:
  export PARTNER_SECRET=...            # the secret of your key; never on the command line, where others see it
  partner_client.py --server https://green.example.cn --partner metro --key pk_... check
  partner_client.py --server https://green.example.cn --partner metro --key pk_... send rides.ndjson
  gunzip -c rides.ndjson.gz | partner_client.py --server ... --partner metro --key pk_... send - > refused.ndjson
  partner_client.py --server https://green.example.cn --key till-... receipt A-1 29900 appliance --payer alipay:2088...
  partner_client.py --server https://green.example.cn --key till-... refund 0197412c-... 9900 R-1

A file holds one event a line:
  {"reference": "T-1", "mode": "metro", "rider": "5000...", "at": "2026-06-05T08:12:00+08:00", "distance_m": 9300}

`check` sends one event that must be refused, and so records nothing: it proves address, key, secret and clock.
`send` prints what was refused, one JSON object a line, and exits with 1 if anything was. A batch without an answer
is sent again with a new signature; sending it twice is safe, because a reference counts once.
`receipt` and `refund` are a till's: they print the answer as JSON, and `url` is what the till prints as a QR code.
"""

import argparse
import contextlib
import hashlib
import hmac
import json
import os
import secrets
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

MOST_EVENTS, MOST_BYTES = 500, 200_000  # of one request; the service takes 500 events and 256 KB
TRIES, FIRST_PAUSE_SECONDS, TIMEOUT_SECONDS = 6, 1.0, 30


class Refused(Exception):
    """The service said no to the whole batch; sending it again would not help."""


def signature(secret, method, path, key, timestamp, nonce, body):
    """HMAC-SHA256, in hex, over six lines: method, path, key, time, nonce and the SHA-256 of the body."""
    lines = [method, path, key, timestamp, nonce, hashlib.sha256(body).hexdigest()]
    return hmac.new(secret.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()


def post(given, address, content):
    """One signed request; the answer as JSON. Raises Refused, or OSError where there was no answer."""
    path = "/api/v1/" + address
    body = json.dumps(content, ensure_ascii=False).encode()
    timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
    headers = {
        "Content-Type": "application/json",
        "X-Key-Id": given.key,
        "X-Timestamp": timestamp,
        "X-Nonce": nonce,
        "X-Signature": signature(given.secret, "POST", path, given.key, timestamp, nonce, body),
    }
    request = urllib.request.Request(given.server.rstrip("/") + path, body, headers, method="POST")  # noqa: S310 - checked
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - http(s) only, see main
            return json.load(answer)
    except urllib.error.HTTPError as problem:
        text = problem.read().decode("utf-8", "replace")
        if problem.code == 429 or problem.code >= 500:
            raise OSError(f"{problem.code}: {text}") from None
        raise Refused(f"{problem.code}: {text}") from None


def post_until_answered(given, address, content):
    """Tries again, with a pause that doubles, while the service is busy or cannot be reached."""
    for attempt in range(1, TRIES):
        try:
            return post(given, address, content)
        except OSError as trouble:
            tell(f"no answer ({trouble}); trying again")
            time.sleep(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1))
    return post(given, address, content)


def events_address(given):
    return f"partners/{urllib.parse.quote(given.partner)}/events"


def batches(lines):
    """Events in lists that fit into one request."""
    batch, size = [], 0
    for line in lines:
        if not line.strip():
            continue
        if batch and (len(batch) == MOST_EVENTS or size + len(line) > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(json.loads(line))
        size += len(line)
    if batch:
        yield batch


def opened(path):
    return contextlib.nullcontext(sys.stdin) if path == "-" else open(path, encoding="utf-8")


def send(given):
    recorded = refused = 0
    with opened(given.file) as source:
        for batch in batches(source):
            answer = post_until_answered(given, events_address(given), {"events": batch})
            recorded, refused = recorded + answer["recorded"], refused + answer["refused"]
            for result in answer["results"]:
                if result["status"] == "refused":
                    sys.stdout.write(json.dumps(result) + "\n")
            tell(f"recorded {recorded}, refused {refused}")
    return 1 if refused else 0


def check(given):
    post(given, events_address(given), {"events": [{"reference": "check"}]})
    tell("address, key, secret and clock are right")
    return 0


def receipt(given):
    sale = {"order_no": given.order_no, "amount_fen": given.amount_fen, "category": given.category}
    more = {name: getattr(given, name) for name in ("product", "payer") if getattr(given, name)}
    return show(post_until_answered(given, "tills/receipts", {**sale, **more}))


def refund(given):
    address = f"tills/purchases/{urllib.parse.quote(given.receipt)}/refunds"
    return show(post_until_answered(given, address, {"refund_fen": given.refund_fen, "reference": given.reference}))


def show(answer):
    answer.pop("qr", None)  # a picture of `url`, for tills that cannot draw one
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    return 0


def tell(text):
    sys.stderr.write(text + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True, help="where the service is, such as https://green.example.cn")
    parser.add_argument("--partner", help="your code, as it was registered; a till has none")
    parser.add_argument("--key", required=True, help="the id of your key")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("check", help="prove address, key, secret and clock; records nothing").set_defaults(act=check)
    sending = verbs.add_parser("send", help="send a file of rides")
    sending.add_argument("file", help="one JSON object a line; - reads stdin")
    sending.set_defaults(act=send)
    selling = verbs.add_parser("receipt", help="a till's code for a green order; the same order has the same code")
    selling.add_argument("order_no")
    selling.add_argument("amount_fen", type=int)
    selling.add_argument("category", help="appliance, food, dining ...")
    selling.add_argument("--product", help="its bar code or model, where only products are on the list")
    selling.add_argument("--payer", help="the payment account, as alipay:2088...")
    selling.set_defaults(act=receipt)
    refunding = verbs.add_parser("refund", help="a till's refund of an order; the same reference counts once")
    refunding.add_argument("receipt", help="the id in the receipt's answer")
    refunding.add_argument("refund_fen", type=int)
    refunding.add_argument("reference")
    refunding.set_defaults(act=refund)
    given = parser.parse_args()
    given.secret = os.environ.get("PARTNER_SECRET", "")
    if not given.server.startswith(("https://", "http://")):
        parser.error("--server begins with https:// (or http:// while you try it)")
    if given.verb in ("check", "send") and not given.partner:
        parser.error("--partner is your code in the address")
    if not given.secret:
        parser.error("set PARTNER_SECRET in the environment")
    try:
        return given.act(given)
    except (Refused, OSError, ValueError) as wrong:
        tell(f"stopped: {wrong}")
        return 2


if __name__ == "__main__":
    sys.exit(main())
