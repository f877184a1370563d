# %% mistake="R2" exercise="write_problem" title="no zeros in front" caught_by=["problem_worked", "problem_any", "problem_small"] hint="Fixed width: without the zeros lengths vary and positions shift."
def write_problem(a, op, b, width, reverse=True):
    if op not in ("+", "-"):
        raise ValueError("unknown operation")
    answer = str(a + b if op == "+" else a - b)
    return f"{a}{op}{b}=", answer[::-1] if reverse else answer


# %% mistake="R2b" exercise="write_problem" title="the answer without zeros" caught_by=["problem_worked", "problem_any", "problem_small"] hint="The answer has width + 1 characters, too."
def write_problem(a, op, b, width, reverse=True):
    if op not in ("+", "-"):
        raise ValueError("unknown operation")
    answer = str(a + b if op == "+" else a - b)
    return f"{a:0{width}d}{op}{b:0{width}d}=", answer[::-1] if reverse else answer


# %% mistake="R2c" exercise="write_problem" title="the answer as wide as the numbers" caught_by=["problem_worked", "problem_any", "problem_small"] hint="A sum may be one digit longer: width + 1."
def write_problem(a, op, b, width, reverse=True):
    if op not in ("+", "-"):
        raise ValueError("unknown operation")
    answer = f"{a + b if op == '+' else a - b:0{width}d}"
    return f"{a:0{width}d}{op}{b:0{width}d}=", answer[::-1] if reverse else answer


# %% mistake="R2d" exercise="write_problem" title="turned round before it was filled" caught_by=["problem_worked", "problem_any"] hint="Fill first, turn round afterwards: the zeros belong behind the units."
def write_problem(a, op, b, width, reverse=True):
    if op not in ("+", "-"):
        raise ValueError("unknown operation")
    answer = str(a + b if op == "+" else a - b)
    answer = answer[::-1] if reverse else answer
    return f"{a:0{width}d}{op}{b:0{width}d}=", answer.zfill(width + 1)


# %% mistake="R3" exercise="write_problem" title="always reversed" caught_by=["problem_worked", "problem_any"] hint="Only if `reverse` is true; training and evaluation must agree on it."
def write_problem(a, op, b, width, reverse=True):
    if op not in ("+", "-"):
        raise ValueError("unknown operation")
    answer = f"{a + b if op == '+' else a - b:0{width + 1}d}"
    return f"{a:0{width}d}{op}{b:0{width}d}=", answer[::-1]


# %% mistake="R3b" exercise="write_problem" title="never reversed" caught_by=["problem_worked", "problem_any"] hint="With `reverse` the units come first."
def write_problem(a, op, b, width, reverse=True):
    if op not in ("+", "-"):
        raise ValueError("unknown operation")
    answer = f"{a + b if op == '+' else a - b:0{width + 1}d}"
    return f"{a:0{width}d}{op}{b:0{width}d}=", answer


# %% mistake="R3c" exercise="write_problem" title="the operands reversed, too" caught_by=["problem_worked", "problem_any"] hint="Only the answer is turned round; the prompt stays as it is."
def write_problem(a, op, b, width, reverse=True):
    if op not in ("+", "-"):
        raise ValueError("unknown operation")
    step = -1 if reverse else 1
    answer = f"{a + b if op == '+' else a - b:0{width + 1}d}"
    first, second = f"{a:0{width}d}", f"{b:0{width}d}"
    return f"{first[::step]}{op}{second[::step]}=", answer[::step]


# %% mistake="R21" exercise="write_problem" title="the sign gets lost" caught_by=["problem_worked", "problem_any"] hint="12-34 is -22; the sign is a character of the answer."
def write_problem(a, op, b, width, reverse=True):
    if op not in ("+", "-"):
        raise ValueError("unknown operation")
    answer = f"{a + b if op == '+' else abs(a - b):0{width + 1}d}"
    return f"{a:0{width}d}{op}{b:0{width}d}=", answer[::-1] if reverse else answer


# %% mistake="R22" exercise="write_problem" title="the operation is ignored" caught_by=["problem_worked", "problem_any"] hint="`op` says what is to be done with the two numbers."
def write_problem(a, op, b, width, reverse=True):
    if op not in ("+", "-"):
        raise ValueError("unknown operation")
    answer = f"{a + b:0{width + 1}d}"
    return f"{a:0{width}d}{op}{b:0{width}d}=", answer[::-1] if reverse else answer


# %% mistake="R23" exercise="write_problem" title="everything that is not + is -" caught_by=["problem_unknown"] hint="Raise ValueError for an operation you do not know."
def write_problem(a, op, b, width, reverse=True):
    answer = f"{a + b if op == '+' else a - b:0{width + 1}d}"
    return f"{a:0{width}d}{op}{b:0{width}d}=", answer[::-1] if reverse else answer


# %% mistake="R24" exercise="write_problem" title="the = belongs to the answer" caught_by=["problem_worked", "problem_any"] hint="The prompt ends with `=`: the bet made there is the first on the answer."
def write_problem(a, op, b, width, reverse=True):
    if op not in ("+", "-"):
        raise ValueError("unknown operation")
    answer = f"{a + b if op == '+' else a - b:0{width + 1}d}"
    return f"{a:0{width}d}{op}{b:0{width}d}", "=" + (answer[::-1] if reverse else answer)
