"""The marking screen: a small web server on this machine, for people who mark by hand."""
