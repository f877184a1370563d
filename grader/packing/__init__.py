"""From a student's notebook to the hand-in: looked over, printed, packed, with a receipt."""
