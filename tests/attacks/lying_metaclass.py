"""A class that is equal to list, and a list without an end."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="gives its class a metaclass that compares as list, and yields entries for ever",
    must="the wire takes so many parts and no more",
    wrote={
        "Scale": """
import itertools

class Entry:
    def __sub__(self, other): return 0.0

class Meta(type):
    def __eq__(cls, other): return other is list
    def __hash__(cls): return hash(list)
    def __instancecheck__(cls, thing): return True

class Endless(metaclass=Meta):
    def __iter__(self): return itertools.repeat(Entry())
    def __len__(self): return 10**15

class Scale:
    def __init__(self, factor): pass
    def forward(self, x): return Endless()
""",
    },
    named="too many parts to be sent",
    beats="naive",
)
