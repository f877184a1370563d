"""What a class did, for those who teach it: figures that each say what to do."""
