# %% variant="RW3" exercise="write_problem" title="zfill and a reversed list, both as a list"
def write_problem(first, operation, second, n, backwards=True):
    assert first >= 0 and second >= 0
    results = {"+": first + second, "-": first - second}
    if operation not in results:
        raise ValueError("only + and -")
    # zfill knows about signs.
    answer = list(str(results[operation]).zfill(n + 1))
    if backwards:
        answer.reverse()
    return [str(first).zfill(n) + operation + str(second).zfill(n) + "=", "".join(answer)]
