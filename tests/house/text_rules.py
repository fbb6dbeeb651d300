"""House rules on text: what may stand in no file, and the shape of documents, locks and declarations."""

import re
import tomllib
from pathlib import PurePosixPath

ADR_LINES = 60
ADR_PARTS = ("## Context", "## Decision", "## Consequences")

# Written in pieces, so that this file does not find itself.
FORBIDDEN_TEXT = {
    "an address of a package registry: leave it to each machine's own settings": re.compile(
        r"\bpypi\." r"org|python" r"hosted\.org|registry\.npm" r"js|npm" r"mirror|/sim" r"ple/|"
        r"(?:--(?:extra-)?ind" r"ex-url|--find-" r"links)[ =]"
    ),
    "a path of one machine: build it from the file's own place or take it as an argument": re.compile(
        r"(?<![\w.~-])/(?:work|root|opt|tmp)" r"/|/(?:home|Users)" r"/\w|\b[A-Z]:\\Us" r"ers"
    ),
    "a mark of unfinished work: finish it, or write it down where work is planned": re.compile(
        r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b"
    ),
}  # fmt: skip
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
REQUIREMENT = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", re.MULTILINE)


def forbidden_text(path: str, text: str) -> list[str]:
    """Refuse addresses of registries, paths of one machine, and marks of unfinished work."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        found += [f"{path}:{number}: {what}" for what, sign in FORBIDDEN_TEXT.items() if sign.search(line)]
    return found


def misshapen_decision(path: str, text: str) -> list[str]:
    """Refuse a decision record without its three parts, or too long to be read."""
    found = [f"{path}: has no `{part}`: add it" for part in ADR_PARTS if f"\n{part}\n" not in text]
    if not re.match(r"# \d{4} ", text):
        found.append(f"{path}: begin with `# {PurePosixPath(path).name[:4]} <title>`")
    if len(text.splitlines()) > ADR_LINES:
        found.append(
            f"{path}: more than {ADR_LINES} lines: keep the decision, move the rest to docs/explanation"
        )
    return found


def broken_links(path: str, text: str, known: set[str]) -> list[str]:
    """Refuse a relative link to a file that is not in the repository."""
    found = []
    for target in LINK.findall(FENCE.sub("", text)):
        name = target.split("#")[0]
        if not name or re.match(r"[a-z]+:", name):
            continue
        place = _resolve(PurePosixPath(path).parent, name)
        if place not in known and not any(each.startswith(place + "/") for each in known):
            found.append(f"{path}: the link to {target} leads nowhere: correct it or write that page")
    return found


def missing_paths(path: str, text: str, known: set[str]) -> list[str]:
    """Refuse a guide that sends the reader to a file of this repository that is not there."""
    named = set(re.findall(r"`((?:shouwang|tests|packs|docs|\.ci)/[\w./*-]*[\w/*])`", text))
    return [
        f"{path}: `{name}` is not in the repository: correct the guide"
        for name in sorted(named)
        if not any(each == name or each.startswith(name.rstrip("/") + "/") for each in known)
    ]


def repeated_words(text: str) -> list[str]:
    """Refuse a glossary that decides one word twice, or a row without its four cells."""
    found: list[str] = []
    terms: set[str] = set()
    identifiers: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("|") or line.startswith(("| 中文", "|-", "| -")):
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) != 4 or not all(cells):
            found.append(f"GLOSSARY.md:{number}: four cells wanted: 中文术语, identifier, meaning, clause")
            continue
        for cell, seen in ((cells[0], terms), (cells[1], identifiers)):
            if cell in seen:
                found.append(f"GLOSSARY.md:{number}: {cell} is decided twice: keep one row")
            seen.add(cell)
    return found


def unhashed_requirements(path: str, text: str) -> list[str]:
    """Refuse a lock entry that is not pinned and hashed, or that names an address."""
    found = []
    for entry in re.split(r"(?<!\\)\n", text):
        line = entry.strip().splitlines()[0] if entry.strip() else ""
        if not line or line.startswith("#"):
            continue
        if not REQUIREMENT.match(line):
            found.append(f"{path}: `{line[:60]}` is not `name==version`: renew the lock with `make lock`")
        elif "--hash=sha256:" not in entry:
            found.append(f"{path}: `{line[:60]}` has no hash: renew the lock with `make lock`")
    if re.search(r"\w+://|file:| @ ", text):
        found.append(f"{path}: names an address: renew the lock with `make lock`")
    return found


def pinned(text: str) -> set[tuple[str, str]]:
    """Return the (name, version) pairs of a lock."""
    return set(REQUIREMENT.findall(text))


def declared(text: str) -> dict[str, list[str]]:
    """Return the distribution names in pyproject.toml by group; "" is what the program itself needs."""
    project = tomllib.loads(text)["project"]
    groups = {"": project["dependencies"], **project.get("optional-dependencies", {})}
    return {group: [_name(entry) for entry in entries] for group, entries in groups.items()}


def unlocked(pyproject: str, lock: str, groups: set[str]) -> list[str]:
    """Refuse a lock that has fallen behind the declared dependencies."""
    names = {name for name, _ in pinned(lock)}
    wanted = {name for group, entries in declared(pyproject).items() if group in groups for name in entries}
    return [f"{name} is declared but not locked: run `make lock`" for name in sorted(wanted - names)]


def unexplained_dependencies(text: str) -> list[str]:
    """Refuse a dependency without a comment that says why it is here."""
    section = text[text.index("dependencies = [") : text.index("[project.scripts]")]
    found, before = [], ""
    for line in section.splitlines():
        now = line.strip()
        if now.startswith('"') and not re.match(r"# \w[\w, ]*: \S", before):
            found.append(
                f"{now.rstrip(',')} has no reason: write `# <who uses it>: <why>` on the line above it"
            )
        before = now
    return found


def make_targets(makefile: str) -> set[str]:
    """Return the commands a Makefile offers."""
    return set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))


def unknown_make_commands(path: str, text: str, targets: set[str]) -> list[str]:
    """Refuse a document that tells the reader to run a `make` command there is not."""
    named = re.findall(r"(?:^\s*|`|&& )make ([a-z][a-z-]*)", text, re.MULTILINE)
    return [
        f"{path}: `make {name}` is not in the Makefile: correct one of them"
        for name in named
        if name not in targets
    ]


def unknown_commands(path: str, text: str, commands: dict[str, set[str]]) -> list[str]:
    """Refuse a document that names a `shouwang` command or option there is not.

    commands: each command ("screen", "policy show") with its options ("--registry").
    """
    found = []
    for words in re.findall(
        r"(?:^\s*|`)(?:\.venv/bin/)?shouwang ([a-z][^`\n|#]*)", text.replace("\\\n", " "), re.MULTILINE
    ):
        plain = [
            word for word in words.split() if re.fullmatch(r"[a-z-]+", word) and not word.startswith("-")
        ]
        name = next((each for each in (" ".join(plain[:2]), "".join(plain[:1])) if each in commands), None)
        if name is None:
            found.append(f"{path}: `shouwang {' '.join(plain[:2])}` is not a command: correct one of them")
            continue
        options = set(re.findall(r"(?<!\S)--[a-z-]+", words)) - {"--help"}
        found += [f"{path}: `shouwang {name}` has no {each}" for each in sorted(options - commands[name])]
    return found


def _name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    return re.sub(r"[-_.]+", "-", match.group().lower()) if match else requirement


def _resolve(folder: PurePosixPath, name: str) -> str:
    parts: list[str] = []
    for part in (folder / name).parts:
        if part == "..":
            if not parts:
                return name
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
