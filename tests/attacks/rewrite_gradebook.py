"""Change the grades where they are kept."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="gives everybody no points in the gradebook's database",
    must="the gradebook stays as it was, and the attempt is told",
    then=(
        """
import sqlite3
book = sqlite3.connect("$GRADEBOOK")
tables = [row[0] for row in book.execute("select name from sqlite_master where type='table'")]
for table in tables:
    book.execute(f"delete from {table}")
book.commit()
""",
    ),
    named=r"reach /\S+/gradebook\.sqlite",
)
