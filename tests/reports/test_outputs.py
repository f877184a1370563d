"""Outputs of cells: the richest safe form, and nothing that could act."""

import base64

import pytest

from grader.reports import maths
from grader.reports.outputs import output_html
from grader.reports.tame import Allowance, tame

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 20).decode()
JPEG = base64.b64encode(b"\xff\xd8\xff" + b"\0" * 20).decode()
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def html(output, number=None) -> str:
    tamed = tame([output], Allowance())
    return maths.filled("".join(output_html(one, number) for one in tamed))


def display(**data) -> str:
    kinds = {kind.replace("_", "/", 1): content for kind, content in data.items()}
    return html({"output_type": "display_data", "data": kinds, "metadata": {}})


def stream(text: str, name: str = "stdout") -> str:
    return html({"output_type": "stream", "name": name, "text": text})


def test_printed_text_is_escaped_and_keeps_its_stream():
    assert stream("<b>&") == '<pre class="stdout">&lt;b&gt;&amp;</pre>'
    assert stream("x", "stderr") == '<pre class="stderr">x</pre>'
    assert stream("x", '"><script>') == '<pre class="stdout">x</pre>'


def test_sixteen_colours_stay_and_all_others_go():
    assert '<span class="ansi-red-fg">a</span>b' in stream("\x1b[31ma\x1b[0mb")
    assert stream("\x1b[38;5;28;01ma\x1b[48;2;1;2;3mb") == '<pre class="stdout">ab</pre>'


def test_a_progress_bar_shows_its_last_state():
    assert stream("10%\r50%\r100%\r\nrest\r") == '<pre class="stdout">100%\nrest\r</pre>'


def test_an_error_shows_its_traceback():
    error = {"output_type": "error", "ename": "E<", "evalue": "v", "traceback": []}
    assert html(error) == '<pre class="error">E&lt;: v</pre>'
    assert html(error | {"traceback": ["one", "\x1b[31mtwo<\x1b[0m"]}) == (
        '<pre class="error">one\n<span class="ansi-red-fg">two&lt;</span></pre>'
    )


def test_pictures_are_data_and_say_where_they_are_from():
    data = {"image/png": [PNG[:9], "\n", PNG[9:]], "text/plain": "<Figure>"}
    shown = html({"output_type": "display_data", "data": data}, 3)
    alt = "Picture in the output of cell 3"
    assert shown == f'<img class="figure" src="data:image/png;base64,{PNG}" alt="{alt}">'
    assert f"data:image/jpeg;base64,{JPEG}" in display(image_jpeg=JPEG)


SIDES = {"small": (400, 300), "large": (40_000, 40_000)}


@pytest.mark.parametrize("size", SIDES)
@pytest.mark.parametrize("kind", ["png", "jpeg", "gif"])
def test_a_picture_that_unpacks_to_gigabytes_is_not_shown(kind, size):
    """What a file says of its size is believed before a browser makes room for it."""
    width, height = SIDES[size]
    sides = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    data = {
        "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
        + width.to_bytes(4, "big")
        + height.to_bytes(4, "big"),
        "gif": b"GIF89a" + width.to_bytes(2, "little") + height.to_bytes(2, "little"),
        "jpeg": b"\xff\xd8\xff\xe0\0\x04ab\xff\xc2\0\x0b\x08" + sides + b"\x01\xff\xda",
    }[kind]
    shown = display(**{f"image_{kind}": base64.b64encode(data).decode(), "text_plain": "<Figure>"})
    assert ("<img" in shown) == (size == "small")
    assert ("Figure" in shown) == (size == "large")


@pytest.mark.parametrize("content", ["AAAA", '"><script>', PNG + "é", JPEG, "", None, 3, {"a": 1}])
def test_what_is_no_picture_gives_way_to_text(content):
    shown = display(image_png=content, text_plain="<Figure>")
    assert shown == '<pre class="result">&lt;Figure&gt;</pre>'


def test_drawings_are_images_so_that_their_scripts_are_dead():
    shown = display(**{"image_svg+xml": SVG})
    assert shown.startswith('<img class="figure" src="data:image/svg+xml;base64,')
    assert "<svg" not in shown


@pytest.mark.parametrize(
    "drawing", ["<svg></svg>", "<!DOCTYPE svg [<!ENTITY a 'b'>]>" + SVG, SVG + " " * (3 << 20)]
)
def test_other_drawings_are_not_shown(drawing):
    shown = display(**{"image_svg+xml": drawing})
    assert shown == '<p class="notice">Not shown: image/svg+xml.</p>'


def test_tables_of_html_stay():
    table = '<table border="1" class="dataframe"><tr><th scope="col">a</th></tr></table>'
    shown = display(text_html=f"<style scoped>.x{{}}</style><div>{table}</div>", text_plain="a")
    assert '<table><tbody><tr><th scope="col">a</th></tr></tbody></table>' in shown
    assert "scoped" not in shown


def test_html_cannot_dress_up_as_the_page():
    shown = display(
        text_html='<p class="total" id="main" style="position:fixed" onclick="x()">12 / 12</p>'
        "<h1>Graded</h1><main>x</main>"
    )
    assert "<p>12 / 12</p>" in shown
    for gone in ('class="total"', "id=", "style", "onclick", "<h1", "<main"):
        assert gone not in shown


def test_html_loads_nothing():
    shown = display(
        text_html='<img src="http://a.example/x.png" srcset="y"><img src="x.png"><b>t</b>'
        f'<img src="data:image/png;base64,{PNG}"><img src="data:image/svg+xml;base64,PHN2Zz4=">'
        '<a href="javascript:x">a</a><a href="data:text/html,x">b</a><a href="/c">c</a>'
        '<iframe src="http://a.example"></iframe><link rel=stylesheet href="http://a.example">'
    )
    assert shown.count("src=") == 1
    assert "href" not in shown
    assert "example" not in shown


def test_html_of_scripts_alone_gives_way_to_text():
    shown = display(text_html="<script>draw()</script><div></div>", text_plain="a chart")
    assert shown == '<pre class="result">a chart</pre>'


@pytest.mark.parametrize("tex", [r"$\displaystyle \frac12$", r"$$\frac12$$", r"\frac12"])
def test_latex_is_set(tex):
    half = '<math display="block"><mfrac><mn>1</mn><mn>2</mn></mfrac></math>'
    assert half in display(text_latex=tex)


def test_markdown_is_markdown():
    assert "<em>a</em> &lt;b&gt;" in display(text_markdown="*a* <b>")


def test_what_would_act_is_named():
    shown = display(**{"application/javascript": "alert(1)", "text_plain": "<b>"})
    assert shown.startswith('<pre class="result">&lt;b&gt;</pre>')
    assert shown.endswith('<p class="notice">Not shown: application/javascript.</p>')
    assert display(**{"<script>": "x"}) == '<p class="notice">Not shown: &lt;script&gt;.</p>'


@pytest.mark.parametrize(
    "output", [{}, {"output_type": "display_data"}, {"output_type": "stream", "text": 3},
               {"output_type": "error", "traceback": 3}, {"output_type": "x", "data": []},
               {"output_type": "display_data", "data": {"text/html": "\ud800<b>x"}}],
)  # fmt: skip
def test_damaged_outputs_do_no_harm(output):
    assert isinstance(html(output), str)
