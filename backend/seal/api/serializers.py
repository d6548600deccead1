"""Shapes of checkpoints and proofs. Hashes and salts are base64, as in the notes; `docs/verify.py` reads them."""

from base64 import b64encode
from typing import Any

from django.conf import settings
from rest_framework import serializers

from backend.core import clock
from backend.edge.pagination import listing
from backend.seal import notes
from backend.seal.models import Checkpoint
from backend.seal.types import EntryProof

_LARGEST = 2**63 - 1


class CheckpointAnswer(serializers.Serializer[Any]):
    day = serializers.DateField()
    size = serializers.IntegerField(help_text="Leaves covered.")
    root_hash = serializers.CharField(help_text="Root of the RFC 6962 tree of the first `size` leaves, base64.")
    at = serializers.DateTimeField()
    key_id = serializers.CharField()
    note = serializers.CharField(help_text="The signed note as published. Keep it: it is what proofs are held against.")


CheckpointsAnswer = listing(CheckpointAnswer)


class ConsistencyQuery(serializers.Serializer[Any]):
    """`from`, which is no name for a Python attribute."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        said = "The size of the checkpoint that you kept."
        return {"from": serializers.IntegerField(min_value=0, max_value=_LARGEST, help_text=said)}


class ConsistencyAnswer(serializers.Serializer[Any]):
    from_size = serializers.IntegerField()
    size = serializers.IntegerField()
    path = serializers.ListField(child=serializers.CharField(), help_text="Hashes, base64, RFC 6962 section 2.1.2.")
    note = serializers.CharField(help_text="The signed note of the checkpoint of `size` leaves.")


class KeyAnswer(serializers.Serializer[Any]):
    key_id = serializers.CharField()
    algorithm = serializers.CharField()
    verifier_key = serializers.CharField(help_text="What `docs/verify.py --key` and other note tools take.")
    signs = serializers.BooleanField(help_text="False for a key that was replaced; its checkpoints stay valid.")


class KeysAnswer(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True, help_text="Always null.")
    results = KeyAnswer(many=True)


class SideAnswer(serializers.Serializer[Any]):
    name = serializers.ChoiceField(choices=["debit", "credit"])
    text = serializers.CharField()
    salt = serializers.CharField()


class EntryProofAnswer(serializers.Serializer[Any]):
    entry = serializers.IntegerField()
    text = serializers.CharField(help_text="The transfer as sealed; both sides stand in it as commitments.")
    salt = serializers.CharField(help_text="Opens this leaf and no other.")
    side = SideAnswer(help_text="Your own side of the transfer. The other one stays closed.")
    index = serializers.IntegerField()
    size = serializers.IntegerField()
    leaf = serializers.CharField()
    path = serializers.ListField(child=serializers.CharField(), help_text="Hashes, base64, RFC 6962 section 2.1.1.")
    note = serializers.CharField(help_text="The signed note of the checkpoint of `size` leaves.")


def checkpoint_body(row: Checkpoint) -> dict[str, Any]:
    return {
        "day": row.day,
        "size": row.size,
        "root_hash": _text(bytes(row.root)),
        "at": clock.local(row.at),
        "key_id": row.key_id,
        "note": row.note,
    }


def consistency_body(old: int, checkpoint: Checkpoint, path: list[bytes]) -> dict[str, Any]:
    return {"from_size": old, "size": checkpoint.size, "path": [_text(each) for each in path], "note": checkpoint.note}


def key_body(key: bytes, *, signs: bool) -> dict[str, Any]:
    origin = settings.SEAL_ORIGIN
    return {
        "key_id": notes.key_hint(origin, key).hex(),
        "algorithm": "Ed25519",
        "verifier_key": notes.verifier_key(origin, key),
        "signs": signs,
    }


def entry_proof_body(proof: EntryProof) -> dict[str, Any]:
    opening, inclusion = proof.opening, proof.inclusion
    mine = {
        "debit": (opening.debit_text, opening.debit_salt),
        "credit": (opening.credit_text, opening.credit_salt),
    }
    text, salt = mine[proof.side]
    return {
        "entry": proof.entry,
        "text": opening.text,
        "salt": _text(opening.salt),
        "side": {"name": proof.side, "text": text, "salt": _text(salt)},
        "index": inclusion.index,
        "size": inclusion.size,
        "leaf": _text(inclusion.leaf),
        "path": [_text(each) for each in inclusion.path],
        "note": proof.note,
    }


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()
