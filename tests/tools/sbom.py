#!/usr/bin/env python3
"""Prints what Famn is built from as a CycloneDX 1.5 document (SBOM), from Cargo.lock and cargo's own metadata.

    tests/tools/sbom.py > famn.cdx.json

The same sources give the same bytes: no time, no number of its own. What is only for tests is left out.
"""

import hashlib
import json
import subprocess
import sys
import tomllib
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = "x86_64-unknown-linux-gnu"


def metadata():
    told = subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", TARGET],
        cwd=ROOT, check=True, stdout=subprocess.PIPE,
    )
    return json.loads(told.stdout)


def checksums():
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())
    return {(one["name"], one["version"]): one.get("checksum") for one in lock["package"]}


def purl(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def expression(licence):
    """Older crates part alternatives by a slash; SPDX says OR."""
    return " OR ".join(part.strip() for part in licence.split("/")) if "/" in licence else licence


def component(package, checksum, kind="library"):
    found = {
        "type": kind,
        "bom-ref": purl(package),
        "name": package["name"],
        "version": package["version"],
        "purl": purl(package),
        "scope": "required",
    }
    if package.get("description"):
        found["description"] = " ".join(package["description"].split())
    if package.get("license"):
        found["licenses"] = [{"expression": expression(package["license"])}]
    if checksum:
        found["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    if package.get("repository"):
        found["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return found


def shipped(nodes, root):
    """What is reached from the program by what is not for tests alone."""
    seen, waiting = set(), [root]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            kinds = ((dep["pkg"], {kind["kind"] for kind in dep["dep_kinds"]}) for dep in nodes[one]["deps"])
            waiting.extend(pkg for pkg, kinds in kinds if kinds != {"dev"})
    return seen


def main():
    told, sums = metadata(), checksums()
    packages = {package["id"]: package for package in told["packages"]}
    nodes = {node["id"]: node for node in told["resolve"]["nodes"]}
    root = told["resolve"]["root"]
    parts = sorted(shipped(nodes, root), key=lambda one: purl(packages[one]))
    depends = [
        {
            "ref": purl(packages[one]),
            "dependsOn": sorted({purl(packages[dep["pkg"]]) for dep in nodes[one]["deps"] if dep["pkg"] in parts}),
        }
        for one in parts
    ]
    named = [component(packages[one], sums.get((packages[one]["name"], packages[one]["version"]))) for one in parts if one != root]
    content = {"components": named, "dependencies": depends}
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).digest()
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.UUID(bytes=digest[:16], version=4)}",
        "version": 1,
        "metadata": {"component": component(packages[root], None, "application")},
        **content,
    }
    json.dump(document, sys.stdout, indent=1, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
