"""The staff's page: roles are named, and everything is there."""

from grader.reports.staff import StaffCell, staff_page


def test_roles_are_named(sample):
    page = staff_page(sample.TITLE, sample.staff_cells())
    for role, label in (
        ("exercise", "Exercise"),
        ("question", "Question"),
        ("answer", "Model answer"),
        ("rubric", "Rubric"),
    ):
        assert f' role {role}">\n<p class="label">{label}</p>' in page
    assert page.count('class="label"') == 4
    assert "Do not pass it on to students." in page


def test_what_the_cells_hold_is_shown_safely():
    page = staff_page("<b>", [StaffCell("markdown", "<b>$x$", role="rubric")])
    assert "<b>" not in page
    assert "<mi>x</mi>" in page
