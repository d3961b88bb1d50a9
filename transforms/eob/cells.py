"""Cells as people write them to values: amounts, days, procedure codes. Each distinct text is worked out once.

Every function takes a column of text and returns values where null means that the text is no such value; a blank is the
caller's business.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

BLANKS = r"[\s\u00a0\u2007\u202f]+"
DASHES = r"^[-\u2013\u2014\u2212]{1,3}$"
LARGEST_CENTS = 999_999_999_999
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FIRST_SERIAL, LAST_SERIAL = 20_000, 80_000  # Excel days: 1954 to 2119


def by_distinct(texts: pl.Series, work: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """`work` over the distinct texts alone, and its answers back in place; null stays null."""
    distinct, places = coded(texts)
    return work(distinct).gather(places).alias(texts.name)


def coded(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The distinct texts, and for each text its place among them; null for null."""
    told = texts.cast(pl.Categorical(pl.Categories.random()))  # categories of its own, gone with the column
    places = told.to_physical()
    count = 0 if places.null_count() == len(places) else int(places.max()) + 1  # type: ignore[arg-type]
    distinct = pl.int_range(count, dtype=pl.UInt32, eager=True).cat.to(told.dtype).cast(pl.String)
    return distinct, places


def is_blank_text(texts: pl.Series) -> pl.Series:
    """True where there is text, but nothing that could be seen."""
    return texts.str.contains(r"^[\s\u00a0\u2007\u202f]*$").fill_null(False)


def trimmed(texts: pl.Expr) -> pl.Expr:
    """Text without outer blanks, no-break ones included; null where nothing is left."""
    plain = texts.str.replace_all(BLANKS, " ").str.strip_chars(" ")
    return pl.when(plain != "").then(plain)


def cents(texts: pl.Series) -> pl.Series:
    """Whole cents of $1,234.50, (75.00), 75.00-, -75, 75 CR, and 0 of a lone dash; null where the text is no exact amount.

    Decimals beyond the second count only as the noise of a binary fraction (120.10000000000001): nothing in the first six.
    """
    quick = _exact(texts)
    if quick.null_count() == texts.null_count():
        return quick
    odd = (quick.is_null() & texts.is_not_null()).arg_true()
    return quick.scatter(odd, by_distinct(texts.gather(odd), _cents))


def _exact(texts: pl.Series) -> pl.Series:
    """Cents of plain numbers; null for all else."""
    micro = texts.cast(pl.Decimal(20, 6), strict=False).to_physical().cast(pl.Int64, strict=False)
    value = micro // 10_000
    is_whole = (value * 10_000 == micro) & (value.abs() <= LARGEST_CENTS)
    return value if is_whole.all() else value.set(~is_whole, None)


def _cents(distinct: pl.Series) -> pl.Series:
    plain = pl.col("text").str.replace_all(BLANKS, "").str.replace_all(r"[$,]|USD|usd", "").str.replace_all("[\u2013\u2014\u2212]", "-")
    is_negative = pl.col("plain").str.contains(r"^\(.*\)$|^-.|.-$|(?i:cr)$")
    digits = pl.col("plain").str.replace(r"(?i)cr$", "").str.replace(r"^[-+]", "").str.replace(r"-$", "").str.replace(r"^\((.*)\)$", "${1}")
    digits = digits.str.replace(r"^-", "")
    frame = pl.DataFrame({"text": distinct}).with_columns(plain=plain)
    # A comma is left out only where it parts thousands.
    commas = pl.col("text").str.contains(r"\d,\d{3}(?:\D|$)|^[^,]*$") & ~pl.col("text").str.contains(r",\d{0,2}(?:\D|$)")
    frame = frame.with_columns(digits=digits, is_negative=is_negative, is_dash=pl.col("plain").str.contains(DASHES), commas=commas)
    is_amount = pl.col("commas") & pl.col("digits").str.contains(r"^(\d{1,10}(\.\d*)?|\.\d+)$")
    size = _exact(frame.select(pl.when(is_amount).then(pl.col("digits").str.strip_suffix("."))).to_series())
    value = pl.when("is_dash").then(pl.lit(0, pl.Int64)).otherwise("size")
    return frame.with_columns(size=size).select(pl.when("is_negative").then(-value).otherwise(value)).to_series()


def days(texts: pl.Series, order: str) -> pl.Series:
    """The day, or the first of a range: 03/10/2025, 3/10/25, 2025-03-10, 10-Mar-25, Mar 10, 2025, 20250310, Excel's 45726.

    `order` (mdy, dmy, ymd) settles what three numbers mean; a four-digit year first is always year, month, day.
    """
    return by_distinct(texts, lambda distinct: _days(distinct, order))


def _days(distinct: pl.Series, order: str) -> pl.Series:
    month_words = {word: f"{number:02d}" for number, word in enumerate(MONTHS, start=1)}
    frame = pl.DataFrame({"text": distinct}).select(first=_first_of_range(pl.col("text").str.strip_chars().str.to_lowercase()))
    frame = frame.with_columns(
        iso=pl.col("first").str.extract_groups(r"^(?<y>\d{4})[-/. ](?<m>\d{1,2})[-/. ](?<d>\d{1,2})"),
        packed=pl.col("first").str.extract_groups(r"^(?<y>(?:19|20)\d\d)(?<m>\d\d)(?<d>\d\d)$"),
        three=pl.col("first").str.extract_groups(r"^(?<a>\d{1,2})[-/. ](?<b>\d{1,2})[-/. ](?<y>\d{4}|\d{2})(?:\s|$)"),
        day_word=pl.col("first").str.extract_groups(r"^(?<d>\d{1,2})[-/. ]?(?<w>[a-z]{3})[a-z]*[-/., ]*(?<y>\d{4}|\d{2})(?:\s|$)"),
        word_day=pl.col("first").str.extract_groups(r"^(?<w>[a-z]{3})[a-z]*[-/. ]*(?<d>\d{1,2})[-/, ]+(?<y>\d{4}|\d{2})(?:\s|$)"),
        serial=pl.col("first").str.extract(r"^(\d{5})(?:\.\d+)?$", 1).cast(pl.Int64, strict=False),
    )
    month, day = ("a", "b") if order != "dmy" else ("b", "a")
    three = pl.col("three").struct
    forms = [
        _date(*(pl.col("iso").struct[name] for name in "ymd")),
        _date(*(pl.col("packed").struct[name] for name in "ymd")),
        _date(three["a"], three["b"], three["y"]) if order == "ymd" else _date(three["y"], three[month], three[day]),
        *(
            _date(words["y"], words["w"].replace_strict(month_words, default=None), words["d"])
            for words in (pl.col("day_word").struct, pl.col("word_day").struct)
        ),
        pl.when(pl.col("serial").is_between(FIRST_SERIAL, LAST_SERIAL)).then(
            pl.date(1899, 12, 30) + pl.duration(days=pl.col("serial").fill_null(0))
        ),
    ]
    return frame.select(pl.coalesce(forms).cast(pl.Date)).to_series()


def _first_of_range(text: pl.Expr) -> pl.Expr:
    """`03/01/2025 - 03/05/2025`, `... to ...`, `... thru ...` and `2025-03-01/2025-03-05` to their first day."""
    parted = text.str.replace(r"\s*(?:\s-\s|\s\u2013\s|\bto\b|\bthru\b|\bthrough\b|\u2013).*$", "")
    packed = parted.str.replace(r"^(\d{8})-\d{8}$", "${1}").str.replace(r"^(\d{4}-\d\d-\d\d)/.*$", "${1}")
    return packed.str.replace(r"^(\d{1,2}/\d{1,2}/\d{2,4})-.*$", "${1}").str.strip_chars()


def _date(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    """A day of its parts as text; two-digit years are this century's. Null where there is no such day."""
    full = pl.when(year.str.len_chars() == 2).then(pl.lit("20") + year).otherwise(year)
    text = pl.concat_str(full, month.str.zfill(2), day.str.zfill(2), separator="-")
    return text.str.to_date("%Y-%m-%d", strict=False)


def codes(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The procedure code, and a second one after a slash or arrow: `D2392 - text`, `2392`, `D2392/D2150`, `D2392*`.

    Three or four digits alone are a dental code that lost its D (and its leading zero); anything else without blanks stays
    as written, upper case. Null where no code can be made out.
    """
    distinct, places = coded(texts)
    first, second = (_code(distinct, which) for which in (0, 1))
    no_second = second.null_count() == len(second)
    return first.gather(places), second.clear(len(texts)) if no_second else second.gather(places)


def _code(distinct: pl.Series, which: int) -> pl.Series:
    text = pl.col("text").str.to_uppercase().str.strip_chars()
    parts = pl.DataFrame({"text": distinct}).select(
        first=text.str.extract(r"^([A-Z0-9]+?)(?:\.0+)?[*^\u2020#]*(?:\s.*|[-:/>\u2192(,].*)?$", 1),
        second=text.str.extract(r"^[A-Z0-9]+[*^\u2020#]*\s*(?:/|->|>|\u2192)\s*(D?\d{4,5})\b", 1),
    )
    chosen = pl.col("second" if which else "first")
    is_bare = chosen.str.contains(r"^\d{3,4}$")
    code = pl.when(is_bare).then(pl.lit("D") + chosen.str.zfill(4)).when(chosen.str.contains(r"\d")).then(chosen)
    return parts.select(code).to_series()


def teeth(texts: pl.Series) -> pl.Series:
    """A tooth, an area of the mouth, or a list of them: 14, A, UR, 10, `3, 4`. Null for anything else; .0 is Excel's."""
    plain = texts.str.strip_chars().str.to_uppercase().str.replace(r"^(\d{1,2})\.0+$", "${1}")
    return pl.select(pl.when(plain.str.contains(r"^[A-Z0-9]{1,2}(?:[ ,;&-]+[A-Z0-9]{1,2}){0,31}$")).then(plain)).to_series()


def surfaces(texts: pl.Series) -> pl.Series:
    """Surfaces in one word, MOD of M-O-D; null where there are other letters than those of surfaces."""
    plain = texts.str.to_uppercase().str.replace_all(r"[\s,;/.-]+", "")
    return pl.select(pl.when(plain.str.contains(r"^[MODBLIFVGP]{1,7}\d?$|^\dV?$")).then(plain)).to_series()
