"""Does this week look like the 13 before it? Over the frame of transforms.drift; warnings unless audit.yaml says stop."""

from __future__ import annotations

import polars as pl

from expectations.law import Frames, Law, series

WORDS_SHOWN = 3


def _law(measure: str, meaning: str, example: str) -> Law:
    def mine(frames: Frames) -> pl.DataFrame:
        return frames["drift"].filter(measure=measure)

    def found(frames: Frames, differences: pl.Series) -> str:
        words = mine(frames).filter("is_unusual").get_column("words").to_list()
        more = [f"and {len(words) - WORDS_SHOWN} more"] if len(words) > WORDS_SHOWN else []
        return "; ".join([*words[:WORDS_SHOWN], *more])

    return Law(
        f"drift_{measure}", meaning, ("drift",), lambda frames: series(mine(frames), pl.col("is_unusual").fill_null(False)),
        owner="billing manager", example=example, severity="warn", found=found,
    )  # fmt: skip


WEEKLY_LAWS = (
    _law(
        "line_count",
        "the last full week has about as many service lines as the 13 weeks before",
        "12 lines where 40 to 61 were usual: a clearinghouse folder was not fetched",
    ),
    _law(
        "payer_mix",
        "each payer sends about the same share of the service lines as in the 13 weeks before",
        "a payer that sends 40 % of the lines sent none",
    ),
    _law(
        "downgrade_share",
        "about the same share of the service lines is downgraded as in the 13 weeks before",
        "9 % where 2 to 4 % were usual: a payer changed its policy, or a rule was edited",
    ),
    _law(
        "payer_alias",
        "each payer sends about the same share of its claims under each of its names as in the week before",
        "60 % under a new name: confirm that it is the same payer, and that its fees are loaded",
    ),
    _law(
        "set_aside",
        "no more charges are set aside this week than in any of the 13 weeks before",
        "$4,100.00 set aside where $300.00 was the most: look at altbenefit quarantine list",
    ),
)
