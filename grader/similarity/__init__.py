"""Which hand-ins are more alike than chance makes them, with the places where they are."""
