"""The data dictionary, from the table contracts."""

from __future__ import annotations

from collections.abc import Iterable

from flows.lake_tables import LAKE_TABLES
from flows.mart_tables import MART_TABLES
from transforms.tables.contract import CONTRACT_VERSION, Column, Table
from transforms.tables.quarantine import WARNINGS
from transforms.tables.share import SHARE_TABLES


def tables() -> list[tuple[str, Table]]:
    """Every table with the folder an analyst finds it in; a table in both lake and reports is listed once."""
    lake = [(f"lake/{name}/month=*/", table) for name, table in LAKE_TABLES.items() if name not in MART_TABLES]
    marts = [("reports/current/", table) for table in MART_TABLES.values()]
    return [*lake, *marts, ("parse --out/", WARNINGS), *(("share --out/", table) for table in SHARE_TABLES)]


def as_json() -> list[dict]:
    """The same as plain data."""
    return [
        {"table": table.name, "folder": folder, "grain": table.grain, "key": list(table.key), "contract_version": CONTRACT_VERSION,
         "columns": [_facts(column) for column in table.columns]}
        for folder, table in tables()
    ]  # fmt: skip


def _facts(column: Column) -> dict:
    same = {name: getattr(column, name) for name in ("name", "unit", "meaning", "source", "example", "since")}
    return same | {
        "type": sql_type(column),
        "nullable": column.null is not None,
        "null_means": column.null,
        "allowed": list(column.allowed),
    }


def sql_type(column: Column) -> str:
    """The type as DuckDB names it."""
    names = {"String": "VARCHAR", "Int64": "BIGINT", "Date": "DATE", "Boolean": "BOOLEAN", "List(String)": "VARCHAR[]"}
    text = str(column.dtype)
    return names.get(text) or text.replace("Decimal(precision=", "DECIMAL(").replace("scale=", "").replace(", ", ",")


def as_markdown() -> str:
    """The dictionary as a page."""
    head = ["# Tables", "", f"Contract version {CONTRACT_VERSION}. This page is generated: `make docs`.", ""]
    return "\n".join([*head, *(line for folder, table in tables() for line in _section(folder, table))])


def _section(folder: str, table: Table) -> Iterable[str]:
    yield f"## {table.name}"
    yield ""
    yield f"`{folder}{table.name + '.parquet' if not folder.startswith('lake') else ''}`: {table.grain}. Key: `{', '.join(table.key)}`."
    yield ""
    yield "| column | type | unit | meaning | source | empty means | since |"
    yield "|---|---|---|---|---|---|---|"
    for column in table.columns:
        allowed = f" ({', '.join(column.allowed)})" if column.allowed else ""
        cells = (
            f"`{column.name}`",
            sql_type(column),
            column.unit,
            column.meaning + allowed,
            column.source,
            column.null or "never",
            column.since,
        )
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""
