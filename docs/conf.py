"""How Sphinx makes the site: `nox -s docs`, or `sphinx-build docs build/docs`.

A new page is a file docs/NAME.md, and its name in one of the lists at the end of docs/index.md.
"""

project = "Inside Language Models: the grader"
author = "the course"
copyright = ""  # noqa: A001 - the name that Sphinx reads
extensions = ["myst_parser"]
exclude_patterns = ["evidence"]
nitpicky = True

# Ids for headings, so that one page can lead to a paragraph of another.
myst_heading_anchors = 3
suppress_warnings: list[str] = []

html_theme = "furo"
html_title = "Grader"
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
html_theme_options = {"footer_icons": []}
pygments_style = "friendly"
pygments_dark_style = "native"
