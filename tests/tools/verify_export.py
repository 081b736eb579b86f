#!/usr/bin/env python3
"""Verifies an export of the audit log without any of Famn's code.

    python3 verify_export.py FOLDER [--key FILE] [--later FOLDER]...

FOLDER holds events.jsonl, checkpoint and log.vkey. Whoever wants to trust the result takes the verifier key from
elsewhere (--key), for a forger of the export can forge the key beside it. Needs the PyPI package `cryptography`.

Checked: every commitment of every part that is not erased, every leaf, that indexes run from 0 without gap or
repetition, that no event comes twice, the root at the checkpoint's size, the checkpoint's signature. Events beyond the
checkpoint are checked on their own and counted; that is no fault. A part may be erased if an audit.erase event of this
export orders it, or one in the export of a later epoch of the same log (--later, as often as there are any).

Exit code 0: all is well. 1: something is wrong; each fault is one line on standard error.
"""
import argparse
import base64
import binascii
import hashlib
import hmac
import json
import pathlib
import sys
import uuid

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PARTS = ("core", "actor", "subject")
MARKED = {"index", "event_id", "leaf_hash", "fault"}
FIELDS = {"index", "event_id", "at_ms"} | {part + end for part in PARTS for end in ("", "_salt", "_commitment")}


class Fault(Exception):
    """Something is not as it must be; the message says what."""


def sha256(*pieces):
    return hashlib.sha256(b"".join(pieces)).digest()


def from_base64(text):
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Fault(f"not base64: {text!r}") from error
    if base64.b64encode(raw).decode() != text:
        raise Fault(f"not in the one form of base64: {text!r}")
    return raw


def from_hex(text, field):
    try:
        raw = bytes.fromhex(text)
    except (TypeError, ValueError) as error:
        raise Fault(f"{field} is not hex") from error
    if len(raw) != 32:
        raise Fault(f"{field} is not 32 bytes")
    return raw


class Tree:
    """An append-only Merkle tree (RFC 6962): a stack of complete subtrees, each (number of leaves, root)."""

    def __init__(self):
        self.stack = []
        self.size = 0

    def append(self, leaf):
        self.append_hash(sha256(b"\x00", leaf))

    def append_hash(self, root):
        leaves = 1
        while self.stack and self.stack[-1][0] == leaves:
            root = sha256(b"\x01", self.stack.pop()[1], root)
            leaves *= 2
        self.stack.append((leaves, root))
        self.size += 1

    def root(self):
        if not self.stack:
            return sha256()
        root = self.stack[-1][1]
        for _, left in reversed(self.stack[:-1]):
            root = sha256(b"\x01", left, root)
        return root


def read_key(text):
    """A verifier key `name+key id+base64(1 || public key)` as (name, key id, public key)."""
    try:
        name, key_id, key = text.strip().split("+", 2)
    except ValueError as error:
        raise Fault("the verifier key is malformed") from error
    raw = from_base64(key)
    if len(raw) != 33 or raw[0] != 1:
        raise Fault("the verifier key is not of type Ed25519")
    if not name.rpartition("/")[2].isdecimal():
        raise Fault("the verifier key's name does not end in the log's epoch")
    if sha256(name.encode(), b"\n", raw)[:4].hex() != key_id:
        raise Fault("the verifier key's id does not fit its name and key")
    return name, bytes.fromhex(key_id), raw[1:]


def read_checkpoint(note, key):
    """The size and root of a checkpoint that the key signed."""
    name, key_id, public = key
    text, gap, signatures = note.rpartition("\n\n")
    text += "\n"
    lines = text.split("\n")
    if not gap or not signatures.endswith("\n") or len(lines) != 4:
        raise Fault("the checkpoint is malformed")
    origin, size, root, _ = lines
    if origin != name:
        raise Fault(f"the checkpoint is of {origin!r}, the key of {name!r}")
    ours = []
    for line in signatures[:-1].split("\n"):
        fields = line.split(" ")
        if len(fields) != 3 or fields[0] != "\u2014":
            raise Fault("the checkpoint has a malformed signature line")
        signature = from_base64(fields[2])
        if fields[1] == name and signature[:4] == key_id:
            ours.append(signature[4:])
    if len(ours) != 1:
        raise Fault(f"the checkpoint bears {len(ours)} signatures of the key, not one")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(ours[0], text.encode())
    except (InvalidSignature, ValueError) as error:
        raise Fault("the checkpoint's signature is not the key's") from error
    if not (size.isascii() and size.isdigit()) or str(int(size)) != size:
        raise Fault("the checkpoint's size is no plain number")
    return int(size), from_base64(root)


def read_event(line):
    """One line of the export, its fields all there and of their kinds."""
    try:
        event = json.loads(line)
    except ValueError as error:
        raise Fault("the line is not JSON") from error
    if not isinstance(event, dict) or set(event) != FIELDS:
        raise Fault("the line does not have the fields of an event")
    for field in ("index", "at_ms"):
        if type(event[field]) is not int or not 0 <= event[field] < 1 << 64:
            raise Fault(f"{field} is no number")
    try:
        event["event_id"] = uuid.UUID(event["event_id"])
    except (AttributeError, TypeError, ValueError) as error:
        raise Fault("event_id is no UUID") from error
    return event


def read_marked(line):
    """The line of a place whose event could not be exported, or None."""
    try:
        marked = json.loads(line)
    except ValueError:
        return None
    return marked if isinstance(marked, dict) and set(marked) == MARKED else None


def check_part(event, part):
    """The commitment to a part, and a fault's words or None."""
    commitment = from_hex(event[part + "_commitment"], part + "_commitment")
    text, salt = event[part], event[part + "_salt"]
    if text is None and salt is None:
        return commitment, None
    if not isinstance(text, str) or salt is None:
        return commitment, f"text or salt of the {part} is missing"
    message = b"fal1/" + part.encode() + b"\x00" + event["event_id"].bytes + text.encode()
    if hmac.digest(from_hex(salt, part + "_salt"), message, "sha256") != commitment:
        return commitment, f"the {part} or its salt was changed"
    return commitment, None


def leaf(event, commitments):
    commit = sha256(b"fal1/commit\n", *commitments)
    return b"FAL1" + event["event_id"].bytes + event["at_ms"].to_bytes(8, "big") + commit


def read_order(event, epoch):
    """What the event orders to erase as (epoch, first index, last index, parts), or None."""
    try:
        core, subject = (json.loads(event[part] or "{}") for part in ("core", "subject"))
        if (core.get("action"), core.get("outcome")) != ("audit.erase", "ok"):
            return None
        erased, approvers = subject["erased"], subject["approvers"]
        order = erased["epoch"], erased["first"], erased["last"], erased["parts"]
        looks_back = (order[0], order[2]) < (epoch, event["index"])
        if looks_back and core["reason_code"] and len(set(approvers)) == 2:
            return order
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Fault("core or subject is not what Famn writes") from error
    raise Fault("an order to erase lacks its ground or two approvers, or does not look back")


class Verification:
    """One log's events, taken in order."""

    def __init__(self, origin, size, root):
        self.origin, self.size, self.expected = origin, size, root
        self.epoch = int(origin.rpartition("/")[2])
        self.orders = []
        self.tree = Tree()
        self.root = self.tree.root() if size == 0 else None
        self.seen = set()
        self.erased = []
        self.faults = []

    def take(self, number, line):
        """Checks one line and appends its leaf to the tree."""
        marked = read_marked(line)
        if marked:
            self.faults.append(f"index {number}: not exported: {marked['fault']}")
            self.tree.append_hash(from_hex(marked["leaf_hash"], "leaf_hash"))
            if self.tree.size == self.size:
                self.root = self.tree.root()
            return
        event = read_event(line)
        name = f"event {event['event_id']} (index {event['index']})"
        if event["index"] != number:
            self.faults.append(f"{name} stands where index {number} belongs")
        if event["event_id"] in self.seen:
            self.faults.append(f"{name} comes twice")
        self.seen.add(event["event_id"])
        commitments = []
        for part in PARTS:
            commitment, fault = check_part(event, part)
            commitments.append(commitment)
            if event[part] is None:
                self.erased.append((event["index"], part, name))
            if fault:
                self.faults.append(f"{name}: {fault}")
        self.orders += filter(None, [read_order(event, self.epoch)])
        self.tree.append(leaf(event, commitments))
        if self.tree.size == self.size:
            self.root = self.tree.root()

    def finish(self, later):
        orders = self.orders + [order for log in later for order in log.orders if log.epoch > self.epoch]
        for index, part, name in self.erased:
            if not any(e == self.epoch and a <= index <= z and part in parts for e, a, z, parts in orders):
                self.faults.append(f"{name}: the {part} is erased, and no order for it is at hand")
        if self.root is None:
            self.faults.append(f"the checkpoint counts {self.size} events, the export has {self.tree.size}")
        elif self.root != self.expected:
            self.faults.append(f"the first {self.size} events are not those the checkpoint was signed over")


def verify(folder, key_file, later=()):
    """Verifies the export in the folder; `later` are verifications of later epochs."""
    key = read_key(key_file.read_text(encoding="utf-8"))
    size, root = read_checkpoint((folder / "checkpoint").read_bytes().decode(), key)
    verification = Verification(key[0], size, root)
    with open(folder / "events.jsonl", encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines):
            try:
                verification.take(number, line)
            except Fault as fault:
                # Without this leaf no later root can come out, so there is nothing to gain from reading on.
                raise Fault("\n".join([*verification.faults, f"line {number + 1}: {fault}"])) from fault
    verification.finish(later)
    if verification.faults:
        raise Fault("\n".join(verification.faults))
    return verification


def same_log(one, other):
    """Whether two origins are epochs of one board's log."""
    return one.rpartition("/")[0] == other.rpartition("/")[0]


def main():
    arguments = argparse.ArgumentParser(description="Verifies an export of Famn's audit log.")
    arguments.add_argument("folder", type=pathlib.Path, help="holds events.jsonl, checkpoint and log.vkey")
    arguments.add_argument("--key", type=pathlib.Path, help="a verifier key from a source of your own")
    arguments.add_argument("--later", type=pathlib.Path, action="append", default=[], help="export of the epoch after, "
                           "the newest first; its orders to erase count")
    given = arguments.parse_args()
    try:
        later = []
        for folder in given.later:
            later.append(verify(folder, folder / "log.vkey", later))
        log = verify(given.folder, given.key or given.folder / "log.vkey", later)
        if not all(same_log(log.origin, other.origin) for other in later):
            raise Fault("a later export is of another log")
    except (Fault, OSError, UnicodeDecodeError) as fault:
        print(fault, file=sys.stderr)
        return 1
    print(f"{log.origin}: {log.tree.size} events are whole, {log.size} of them signed, "
          f"{log.tree.size - log.size} after the checkpoint; {len(log.erased)} parts erased")
    return 0


if __name__ == "__main__":
    sys.exit(main())
