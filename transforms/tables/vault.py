"""What tokens stand for. Written only where a vault key is given, and only encrypted."""

from transforms.tables.contract import Table, text

ORIGINALS = Table(
    name="originals",
    grain="one row per token and spelling of what it stands for",
    key=("domain", "token", "value"),
    sort=("domain", "token", "value"),
    columns=(
        text("domain", "what the token stands for", allowed=("person", "account", "claim", "line")),
        text("token", "keyed token, as lake and marts hold it", unit="hex"),
        text("value", "as the payer sent it; of a person: last name, first name, member id"),
    ),
)
