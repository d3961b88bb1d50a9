"""Which configuration files are in force: the shipped ones, with the practice's own lying over them."""

from __future__ import annotations

import csv
import io
from fnmatch import fnmatch
from pathlib import Path

import yaml

from config.errors import ConfigError

SHIPPED = Path(__file__).parent
KNOWN = (
    "audit.yaml",
    "payers.yaml",
    "report.yaml",
    "payer_aliases.csv",
    "payment_vendors.yaml",
    "networks.yaml",
    "locations.csv",
    "asks.csv",
    "downgrade_rules/*.yaml",
    "fee_schedules/*.csv",
    "coverage/*.csv",
    "eob_layouts/*.yaml",
    "market_fees/*.csv",
)
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # libyaml, where PyYAML has it: every command reads the configuration first
DEEPEST = 20  # no configuration nests deeper; a YAML alias to itself would never end

Plain = dict | list | str | None


def effective_files(overlay: Path | None = None) -> dict[str, Path]:
    """Relative name to path, sorted by name; a file of `overlay` replaces the shipped one of the same name.

    Raises ConfigError for an overlay that is no directory, or that holds a YAML or CSV file nobody would read.
    """
    files = {name: path for name, path in _files(SHIPPED) if _known(name)}
    if overlay is not None:
        if not overlay.is_dir():
            raise ConfigError(
                str(overlay), "", "there is no such directory", "Give --config a directory, or leave it out for the defaults."
            )
        for name, path in _files(overlay):
            if _known(name):
                files[name] = path
            elif path.suffix.lower() in {".yaml", ".yml", ".csv"}:
                raise ConfigError(name, "", "no part of the program reads a file of this name", f"Use one of: {', '.join(KNOWN)}.")
    return dict(sorted(files.items()))


def read_text(name: str, path: Path) -> str:
    """The file's text; a byte order mark is dropped. Raises ConfigError where it cannot be read or is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(
            name, f"byte {error.start + 1}", "the file is not UTF-8 text", "Save it as UTF-8 (CSV UTF-8 in Excel)."
        ) from error
    except OSError as error:
        fact = f"the file cannot be read ({error.strerror})"
        raise ConfigError(name, "", fact, "Check that it is there and its permissions.") from error


def read_yaml(name: str, path: Path) -> Plain:
    """The document as dicts, lists and text. Every scalar stays text, so 0123 keeps its zero and `yes` is no boolean.

    An empty value, `null` and `~` are None. Raises ConfigError for bad YAML and for a key given twice.
    """
    try:
        node = yaml.compose(read_text(name, path), Loader=LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else ""
        raise ConfigError(
            name, where, "this is not YAML", "Check indentation, quotes and colons on that line and the one above."
        ) from error
    return _plain(name, node, 0)


def read_csv(name: str, path: Path, columns: tuple[str, ...], *, exact: bool = True) -> list[tuple[str, dict[str, str]]]:
    """("row n", cells by column) for each row that is not blank; the header is row 1. Cells are trimmed text.

    Raises ConfigError for a missing column, an unknown one (unless `exact` is off) or a row of another length.
    """
    try:
        rows = list(csv.reader(io.StringIO(read_text(name, path), newline=""), strict=True))
    except csv.Error as error:
        raise ConfigError(name, "", f"this is not CSV ({error})", "Check the quotes.") from error
    header = [cell.strip() for cell in rows[0]] if rows else []
    _check_header(name, header, columns, exact)
    found = []
    for number, row in enumerate(rows[1:], start=2):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) != len(header):
            fact = f"{len(cells)} cells where the header has {len(header)}"
            raise ConfigError(name, f"row {number}", fact, "Give every column a cell, empty or not; write money without thousands commas.")
        found.append((f"row {number}", dict(zip(header, cells, strict=True))))
    return found


def _files(root: Path) -> list[tuple[str, Path]]:
    paths = (path for path in root.rglob("*") if path.is_file())
    names = ((path.relative_to(root), path) for path in paths)
    return [(name.as_posix(), path) for name, path in names if not any(part.startswith((".", "~$")) for part in name.parts)]


def _known(name: str) -> bool:
    return any(fnmatch(name, pattern) and name.count("/") == pattern.count("/") for pattern in KNOWN)


def _plain(name: str, node: yaml.Node | None, depth: int) -> Plain:
    if depth > DEEPEST:
        raise ConfigError(name, "", "the document nests too deep", "Write it out without YAML aliases.")
    if isinstance(node, yaml.MappingNode):
        return _mapping(name, node, depth)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(name, item, depth + 1) for item in node.value]
    if not isinstance(node, yaml.ScalarNode) or (not node.style and node.value in {"", "~", "null"}):
        return None
    return node.value.strip()


def _mapping(name: str, node: yaml.MappingNode, depth: int) -> dict:
    found: dict = {}
    for key_node, value_node in node.value:
        line = f"line {key_node.start_mark.line + 1}"
        if not isinstance(key_node, yaml.ScalarNode):
            raise ConfigError(name, line, "a key is not plain text", "Write `key: value`.")
        if key_node.value in found:
            raise ConfigError(name, f"{line}, key {key_node.value}", "the key is given twice", "Keep one of the two.")
        found[key_node.value] = _plain(name, value_node, depth + 1)
    return found


def _check_header(name: str, header: list[str], columns: tuple[str, ...], exact: bool) -> None:
    missing = [column for column in columns if column not in header]
    unknown = [column or "(empty)" for column in header if column not in columns] if exact else []
    twice = sorted({column for column in header if header.count(column) > 1})
    for fact, names in (("missing column", missing), ("unknown column", unknown), ("column given twice", twice)):
        if names:
            raise ConfigError(name, "row 1", f"{fact} {', '.join(names)}", f"The header is: {','.join(columns)}")
