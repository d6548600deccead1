#!/usr/bin/env python3
"""Checks what the green points service says of its journal, without the service and without its code.

One file, Python 3.9 or newer, nothing to install. It verifies

  checkpoint    that a signed head of the journal was signed by the key you trust;
  entry         that your own entry stands in the journal under such a head, exactly as you were shown it;
  consistency   that a newer head only adds to an older one that you kept: nothing was altered, removed or reordered.

The signatures are Ed25519 (RFC 8032), the tree is that of RFC 6962, the checkpoints are C2SP signed notes. Where the
`cryptography` package is installed it checks the signatures; elsewhere the code at the end of this file does.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import re
import sys
from typing import Any

Point = tuple[int, int, int, int]

EXAMPLES = """examples:
  S=https://green.example.cn/api/v1
  curl -s $S/open-data/keys                        # once, and from more than one place; copy the verifier_key
  KEY=green.example.cn/ledger+0f9e1b2a+AQ...

  curl -s $S/open-data/checkpoints/latest > today.json
  python3 verify.py checkpoint today.json --key "$KEY"

  curl -s -H "Authorization: Bearer $TOKEN" $S/me/points/entries/1234/proof > proof.json
  python3 verify.py entry proof.json --key "$KEY"

  curl -s "$S/open-data/checkpoints/2048/consistency?from=1024" > grown.json
  python3 verify.py consistency last-year.json grown.json --key "$KEY"

Keep the key and a checkpoint of your own: they are what makes the proof yours. A file of - is standard input.

exit codes: 0 verified; 1 it does not verify; 2 the input could not be understood."""


class DoesNotVerify(Exception):
    """What was given is well formed and not true."""


class NotUnderstood(Exception):
    """What was given is not what the command takes."""


# -- commands ---------------------------------------------------------------------------------------------------------


def check_checkpoint(options: argparse.Namespace) -> list[str]:
    """was this head of the journal signed by the key?"""
    head = opened(note_in(read(options.checkpoint)), options.key)
    return [f"signed by {head['origin']} at {head['time']}", f"{head['size']} leaves, root {head['root'].hex()}"]


def check_entry(options: argparse.Namespace) -> list[str]:
    """does my entry stand in the journal as I was shown it?"""
    proof = fields(read(options.proof), "text salt side index size path note")
    head = opened(proof["note"], options.key)
    text, side = record(proof["text"]), record_of_side(proof)
    leaf = hashlib.sha256(b"\x00" + commitment(proof["salt"], proof["text"])).digest()
    if head["size"] != proof["size"]:
        raise DoesNotVerify(f"the proof is for {proof['size']} leaves, the checkpoint for {head['size']}")
    if root_from_inclusion(leaf, proof["index"], proof["size"], hashes(proof["path"])) != head["root"]:
        raise DoesNotVerify("the entry does not stand under the checkpoint's root")
    return [
        f"signed by {head['origin']} at {head['time']}",
        f"entry {text.get('id')} is leaf {proof['index']} of {head['size']}: {text.get('code')}, "
        f"{text.get('amount')} {text.get('asset')} at {text.get('at')}",
        f"your side is the {proof['side']['name']}: {side.get('owner')}, balance after it {side.get('balance_after')}",
    ]


def check_consistency(options: argparse.Namespace) -> list[str]:
    """does the newer head only add to the one I kept?"""
    proof = fields(read(options.proof), "from_size path note")
    old, new = opened(note_in(read(options.old)), options.key), opened(proof["note"], options.key)
    if old["origin"] != new["origin"]:
        raise DoesNotVerify(f"two logs: {old['origin']} and {new['origin']}")
    if proof["from_size"] != old["size"]:
        raise NotUnderstood(f"the proof begins at {proof['from_size']} leaves, your checkpoint has {old['size']}")
    grew(old["size"], old["root"], new["size"], new["root"], hashes(proof["path"]))
    return [
        f"signed by {new['origin']} at {old['time']} and at {new['time']}",
        f"the first {old['size']} of {new['size']} leaves are unchanged",
    ]


# -- reading ----------------------------------------------------------------------------------------------------------


def read(name: str) -> str:
    try:
        if name == "-":
            return sys.stdin.read()
        with open(name, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as wrong:
        raise NotUnderstood(f"{name}: {wrong}") from wrong


def note_in(text: str) -> str:
    """A checkpoint is a note, or the JSON that holds one."""
    return str(fields(text, "note")["note"]) if text.lstrip().startswith("{") else text


KINDS: dict[str, type] = {"index": int, "size": int, "from_size": int, "path": list, "side": dict}


def fields(text: str, names: str) -> dict[str, Any]:
    found = record(text)
    for name in names.split():
        kind = KINDS.get(name, str)
        if not isinstance(found.get(name), kind) or isinstance(found[name], bool):
            raise NotUnderstood(f"the JSON has no {name!r} of the kind {kind.__name__}")
    return found


def record(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise NotUnderstood(f"not JSON: {wrong}") from wrong
    if not isinstance(found, dict):
        raise NotUnderstood("not a JSON object")
    return found


def record_of_side(proof: dict[str, Any]) -> dict[str, Any]:
    """One's own side of the transfer, once its commitment is found in the transfer's text."""
    side = fields(json.dumps(proof["side"]), "name text salt")
    if record(proof["text"]).get(side["name"]) != commitment(side["salt"], side["text"]).hex():
        raise DoesNotVerify(f"the {side['name']} side is not the one that was sealed")
    return record(side["text"])


def commitment(salt: str, text: str) -> bytes:
    return hmac.new(raw(salt), text.encode("utf-8"), hashlib.sha256).digest()


def raw(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (TypeError, ValueError) as wrong:
        raise NotUnderstood(f"not base64: {text!r}") from wrong


def hashes(texts: list[Any]) -> list[bytes]:
    found = [raw(text) for text in texts]
    if any(len(each) != 32 for each in found):
        raise NotUnderstood("a hash is not 32 bytes")
    return found


# -- checkpoints ------------------------------------------------------------------------------------------------------

NOTE = re.compile(
    "(?P<body>(?P<origin>[^\\s+]+)\n(?P<size>0|[1-9][0-9]{0,18})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    "time (?P<time>\\S+)\n)\n"
    "(?P<signatures>(?:\u2014 \\S+ \\S+\n)+)"
)


def opened(note: str, key: str) -> dict[str, Any]:
    """What the note says, if the key signed it."""
    found = NOTE.fullmatch(note)
    if not found:
        raise NotUnderstood("not a checkpoint: origin, size, root, time, an empty line, signatures")
    name, hint, public = verifier(key)
    body = found["body"].encode("utf-8")
    for line in found["signatures"].splitlines():
        _, signer, text = line.split(" ")
        signature = raw(text)
        if signer == name == found["origin"] and signature[:4] == hint and signed(public, body, signature[4:]):
            size, root = int(found["size"]), raw(found["root"])
            return {"origin": name, "size": size, "root": root, "time": found["time"]}
    raise DoesNotVerify("the key did not sign this checkpoint")


def verifier(key: str) -> tuple[str, bytes, bytes]:
    """Name, hint and public key out of `name+hint+base64`."""
    name, _, rest = key.partition("+")
    hint, _, text = rest.partition("+")
    public = raw(text)
    if len(public) != 33 or public[:1] != b"\x01":
        raise NotUnderstood("the key is not a verifier key of Ed25519: name+hint+base64")
    expected = hashlib.sha256(name.encode("utf-8") + b"\n" + public).digest()[:4]
    if expected.hex() != hint:
        raise NotUnderstood("the key's hint does not fit it: a part is missing or mistyped")
    return name, expected, public[1:]


# -- the tree ---------------------------------------------------------------------------------------------------------


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_from_inclusion(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    if not 0 <= index < size:
        raise DoesNotVerify(f"there is no leaf {index} among {size}")
    place, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise DoesNotVerify("the path is too long")
        if place & 1 or place == last:
            root = node_hash(sibling, root)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise DoesNotVerify("the path is too short")
    return root


def grew(old: int, old_root: bytes, new: int, new_root: bytes, path: list[bytes]) -> None:
    """The tree of `old` leaves is the beginning of the tree of `new`."""
    if old > new:
        raise DoesNotVerify(f"the newer checkpoint has fewer leaves: {new} after {old}")
    if old in (0, new):
        if path or old_root != (new_root if old else hashlib.sha256(b"").digest()):
            raise DoesNotVerify("two heads of one size, two roots")
        return
    nodes = path if old & (old - 1) else [old_root, *path]
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = nodes[0] if nodes else b""
    for node in nodes[1:]:
        if last == 0:
            raise DoesNotVerify("the path is too long")
        if place & 1 or place == last:
            before, after = node_hash(node, before), node_hash(node, after)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, node)
        place, last = place >> 1, last >> 1
    if last or (before, after) != (old_root, new_root):
        raise DoesNotVerify("the newer journal did not grow out of the one you kept: it was changed")


# -- Ed25519, RFC 8032: verification only. Everything here is public, so it need not run in constant time. ------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
BASE_Y = 46316835694926478169428394003475163141307993866256225615783033603165251855960


def signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is the key's over the message."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return signed_by_hand(public, message, signature)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (ValueError, InvalidSignature):
        return False
    return True


def signed_by_hand(public: bytes, message: bytes, signature: bytes) -> bool:
    """[S]B = R + [k]A, compared in R's encoding; S below the group's order."""
    if len(public) != 32 or len(signature) != 64:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    point = decoded(public)
    if point is None or scalar >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    x, y = point
    return encoded(added(times(scalar, extended(BASE_X, BASE_Y)), times(k, extended(P - x, y)))) == signature[:32]


def extended(x: int, y: int) -> Point:
    """The point with the coordinates X, Y, Z and T = XY/Z, so that adding needs no division."""
    return x, y, 1, x * y % P


def added(left: Point, right: Point) -> Point:
    (x1, y1, z1, t1), (x2, y2, z2, t2) = left, right
    a, b = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * D * t1 * t2 % P, 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar: int, point: Point) -> Point:
    total = extended(0, 1)
    while scalar:
        if scalar & 1:
            total = added(total, point)
        point, scalar = added(point, point), scalar >> 1
    return total


def encoded(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decoded(text: bytes) -> tuple[int, int] | None:
    """The point's x and y, or None where the text is no point."""
    number = int.from_bytes(text, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    squared = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(squared, (P + 3) // 8, P)
    if x * x % P != squared:
        x = x * ROOT_OF_MINUS_ONE % P
    if y >= P or x * x % P != squared or (x == 0 and sign):
        return None
    return (x if x & 1 == sign else P - x), y


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="checkpoint | entry | consistency")
    for name, check, files in (
        ("checkpoint", check_checkpoint, {"checkpoint": "a note, or the answer of open-data/checkpoints/latest"}),
        ("entry", check_entry, {"proof": "the answer of me/points/entries/{id}/proof"}),
        (
            "consistency",
            check_consistency,
            {"old": "the checkpoint that you kept", "proof": "the answer of open-data/checkpoints/{size}/consistency"},
        ),
    ):
        command = commands.add_parser(name, help=check.__doc__)
        command.set_defaults(check=check)
        command.add_argument("--key", required=True, help="the verifier key that you trust: name+hint+base64")
        for file, what in files.items():
            command.add_argument(file, help=what)
    options = parser.parse_args()
    try:
        lines = options.check(options)
    except DoesNotVerify as wrong:
        sys.stdout.write(f"DOES NOT VERIFY: {wrong}\n")
        return 1
    except (NotUnderstood, UnicodeError) as wrong:
        sys.stderr.write(f"not understood: {wrong}\n")
        return 2
    sys.stdout.write("\n".join(["verified", *(f"  {line}" for line in lines)]) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
