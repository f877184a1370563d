# %% variant="RW13" exercise="count_carries" title="nine units are lost with each carry"
def count_carries(a, b):
    def digits(n):
        return sum(int(d) for d in str(n))

    return (digits(a) + digits(b) - digits(a + b)) // 9


# %% variant="RW14" exercise="count_carries" title="does the rest of the numbers overflow?"
def count_carries(a, b):
    places = range(1, len(str(a + b)) + 1)
    return sum(a % 10**k + b % 10**k >= 10**k for k in places)


# %% variant="RW15" exercise="count_carries" title="recursive, over text"
def count_carries(a, b):
    length = max(len(str(a)), len(str(b)))

    def count(x, y, carry):
        if not x:
            return 0
        over = int(x[-1]) + int(y[-1]) + carry > 9
        return over + count(x[:-1], y[:-1], over)

    return count(str(a).zfill(length), str(b).zfill(length), 0)
