"""`make audit`: has a package that we use a known hole? `make sbom`: the list of what is in an installation.

The tools live in an environment of their own (.venv/audit), from a hashed lock, so that nobody else needs them.
A service that does not answer, knows a package not at all, or knows no hole even of an old release with well-known ones has
looked nothing up: that is said, and is a failure, never "none found".

Exit code 0: no known hole. 1: there are some. 2: it could not be looked up.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import venv
from itertools import zip_longest
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".venv" / "audit"
LOCK = ROOT / "requirements" / "audit.txt"
SBOM = ROOT / "build" / "sbom.cdx.json"
KNOWN_BAD = "jinja2==2.4.1"
"""A release whose holes every list of holes has (CVE-2014-0012, CVE-2016-10745, CVE-2019-10906 and more)."""
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)

Report = list[dict[str, Any]]
"""pip-audit's `dependencies`: name, version and vulns, or name and skip_reason."""


class NotLookedUp(Exception):
    """One sentence: why nothing can be said."""


def pins(locks: list[Path]) -> dict[str, list[str]]:
    """Package -> every version that a lock pins, for all systems and Pythons."""
    found: dict[str, set[str]] = {}
    for lock in locks:
        for name, version in PIN.findall(lock.read_text(encoding="utf-8")):
            found.setdefault(name.lower(), set()).add(version)
    return {name: sorted(versions) for name, versions in sorted(found.items())}


def look_up(wanted: dict[str, list[str]], program: Path, service: list[str]) -> Report:
    """What the service knows of these. Raises NotLookedUp."""
    told: Report = []
    for versions in zip_longest(*wanted.values()):  # one version of a package at a time
        lines = [f"{name}=={version}" for name, version in zip(wanted, versions, strict=True) if version]
        told += asked(lines, program, service)
    return told


def asked(lines: list[str], program: Path, service: list[str]) -> Report:
    """One run of pip-audit. Raises NotLookedUp."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "requirements.txt"
        wanted.write_text("\n".join(lines) + "\n", encoding="utf-8")
        words = [program, "-r", wanted, "--no-deps", "--disable-pip", "--progress-spinner", "off", "-f", "json"]
        done = subprocess.run([*words, *service], capture_output=True, text=True, check=False, env=_environment())
    try:
        told: Report = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise NotLookedUp(f"The vulnerability service could not be asked: {last[:300]}") from None
    return told


def judged(told: Report, sample: Report, wanted: int) -> list[str]:
    """A line for each known hole. Raises NotLookedUp when the answers cannot be relied on."""
    skipped = [each["name"] for each in told if "skip_reason" in each]
    if skipped:
        some = ", ".join(skipped[:5]) + (" ..." if skipped[5:] else "")
        raise NotLookedUp(f"The vulnerability service does not know {len(skipped)} of {wanted} packages: {some}")
    if len(told) != wanted:
        raise NotLookedUp(f"The vulnerability service told of {len(told)} packages, not of all {wanted}.")
    if not any(each.get("vulns") for each in sample):
        raise NotLookedUp(
            f"The vulnerability service answers, but knows no hole of {KNOWN_BAD}: it has no list of holes."
        )
    return [
        f"{each['name']} {each['version']}: {hole['id']}"
        f" ({', '.join(hole['aliases']) or 'no other name'}), mended in {', '.join(hole['fix_versions']) or 'no release yet'}"
        for each in told
        for hole in each["vulns"]
    ]


def tools() -> Path:
    """The folder of the tools' programs; made, or brought to the lock, when need be."""
    stamp, lock = HOME / "lock", LOCK.read_text(encoding="utf-8")
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != lock:
        venv.create(HOME, clear=True, with_pip=True)
        pip = [HOME / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", LOCK], check=True)
        stamp.write_text(lock, encoding="utf-8")
    return HOME / "bin"


def audit() -> int:
    """Ask, and tell."""
    service = ["-s", os.environ.get("AUDIT_SERVICE", "osv")]
    if url := os.environ.get("AUDIT_OSV_URL"):
        service += ["--osv-url", url]
    wanted = pins(sorted((ROOT / "requirements").glob("*.txt")))
    number = sum(map(len, wanted.values()))
    try:
        program = tools() / "pip-audit"
        sample = asked([KNOWN_BAD], program, service)
        holes = judged(look_up(wanted, program, service), sample, number)
    except NotLookedUp as why:
        print(f"make audit: nothing was looked up. {why}", file=sys.stderr)
        return 2
    print("\n".join(holes) or f"None of {number} pinned packages has a hole that is known to {service[1]}.")
    return 1 if holes else 0


def sbom() -> int:
    """What an installation is made of, as CycloneDX; from the lock, without any network once the tools are there."""
    SBOM.parent.mkdir(exist_ok=True)
    words = [tools() / "cyclonedx-py", "requirements", ROOT / "requirements" / "base.txt", "--output-reproducible"]
    more = ["--pyproject", ROOT / "pyproject.toml", "--of", "JSON", "-o", SBOM]
    done = subprocess.run([*words, *more], capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        return 2
    parts = json.loads(SBOM.read_text(encoding="utf-8"))["components"]
    print(f"{SBOM.relative_to(ROOT)}: {len(parts)} packages")
    return 0


def _environment() -> dict[str, str]:
    """The certificates that pip is told to believe count here too."""
    own = {"REQUESTS_CA_BUNDLE": os.environ["PIP_CERT"]} if "PIP_CERT" in os.environ else {}
    return {**own, **os.environ}


if __name__ == "__main__":
    sys.exit(sbom() if sys.argv[1:] == ["sbom"] else audit())
