# %% mistake="R54" exercise="count_carries" title="the carry that comes in is forgotten" caught_by=["carries_worked", "carries_chain"] hint="A carry can cause the next one: 95 + 7 has two."
def count_carries(a, b):
    carries = 0
    while a or b:
        carries += (a % 10 + b % 10) // 10
        a, b = a // 10, b // 10
    return carries


# %% mistake="R55" exercise="count_carries" title="stops with the shorter number" caught_by=["carries_chain"] hint="99 + 1: the second number ends before the carries do. Go on while either has digits."
def count_carries(a, b):
    carries, carry = 0, 0
    while a and b:
        carry = (a % 10 + b % 10 + carry) // 10
        carries += carry
        a, b = a // 10, b // 10
    return carries


# %% mistake="R56" exercise="count_carries" title="whether there is a carry, not how many" caught_by=["carries_worked", "carries_chain"] hint="Count them all."
def count_carries(a, b):
    return int(sum(map(int, str(a))) + sum(map(int, str(b))) != sum(map(int, str(a + b))))


# %% mistake="R57" exercise="count_carries" title="a carry from more than 10 on" caught_by=["carries_worked", "carries_chain"] hint="10 itself is a carry, too."
def count_carries(a, b):
    carries, carry = 0, 0
    while a or b:
        carry = int(a % 10 + b % 10 + carry > 10)
        carries += carry
        a, b = a // 10, b // 10
    return carries


# %% mistake="R58" exercise="count_carries" title="from the left" caught_by=["carries_any"] hint="Carries run from the units to the left, and numbers are lined up at the units."
def count_carries(a, b):
    carries, carry = 0, 0
    x, y = str(a), str(b)
    for left, right in zip(x.ljust(len(y), "0"), y.ljust(len(x), "0")):
        carry = (int(left) + int(right) + carry) // 10
        carries += carry
    return carries


# %% mistake="R59" exercise="count_carries" title="two digits only" caught_by=["carries_chain", "carries_any"] hint="Numbers of any size, please."
def count_carries(a, b):
    first = (a % 10 + b % 10) // 10
    return first + (a // 10 % 10 + b // 10 % 10 + first) // 10
