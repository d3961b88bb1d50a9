"""The site: `make site` builds it from these pages, offline."""

project = "altbenefit"
author = "the altbenefit team"
copyright = author
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
root_doc = "index"
html_theme = "furo"
html_title = "altbenefit"
html_show_sourcelink = False
html_copy_source = False
html_extra_path = ["views.sql"]
myst_heading_anchors = 3
pygments_style = "friendly"
pygments_dark_style = "monokai"


def setup(app) -> None:
    """Fences whose language no highlighter knows are shown as they are."""
    from pygments.lexers.special import TextLexer

    for language in ("x12", "dotenv", "cron", "csv"):
        app.add_lexer(language, TextLexer)
