# %% mistake="F11" exercise="box_muller" title="the same uniform for radius and angle" caught_by=["angle"] hint="Two independent uniforms: one for the radius, the other for the angle."
def box_muller(u1, u2):
    r = np.sqrt(-2 * np.log(u1))
    return r * np.cos(2 * np.pi * u1), r * np.sin(2 * np.pi * u1)


# %% mistake="F12" exercise="box_muller" title="degrees" caught_by=["angle"] hint="`cos` takes radians. The usual statistics of your samples pass; the function is another one."
def box_muller(u1, u2):
    r = np.sqrt(-2 * np.log(u1))
    return r * np.cos(360 * u2), r * np.sin(360 * u2)


# %% mistake="F13" exercise="box_muller" title="π·u2 instead of 2π·u2" caught_by=["angle"] hint="A full circle, please: your second number is never negative."
def box_muller(u1, u2):
    r = np.sqrt(-2 * np.log(u1))
    return r * np.cos(np.pi * u2), r * np.sin(np.pi * u2)


# %% mistake="F14" exercise="box_muller" title="the uniform itself as the angle" caught_by=["angle"] hint="u2 lies between 0 and 1; map it to an angle of the full circle first."
def box_muller(u1, u2):
    r = np.sqrt(-2 * np.log(u1))
    return r * np.cos(u2), r * np.sin(u2)


# %% mistake="F15" exercise="box_muller" title="the factor 2 in the radius is missing" caught_by=["radius"] hint="Look at the exponent of the radius' law again: there is a ½ to undo."
def box_muller(u1, u2):
    r = np.sqrt(-np.log(u1))
    return r * np.cos(2 * np.pi * u2), r * np.sin(2 * np.pi * u2)


# %% mistake="F16" exercise="box_muller" title="the root taken after the cosine" caught_by=["radius"] hint="The root belongs to the logarithm alone: the cosine is negative half of the time."
def box_muller(u1, u2):
    r = -2 * np.log(u1)
    return np.sqrt(r * np.cos(2 * np.pi * u2)), np.sqrt(r * np.sin(2 * np.pi * u2))


# %% mistake="F17" exercise="box_muller" title="the root is missing" caught_by=["radius"] hint="You have r². Which one multiplies the cosine?"
def box_muller(u1, u2):
    r = -2 * np.log(u1)
    return r * np.cos(2 * np.pi * u2), r * np.sin(2 * np.pi * u2)


# %% mistake="F18" exercise="box_muller" title="logarithm to the base 10" caught_by=["radius"] hint="The natural logarithm undoes e^…; in NumPy it is called `log`."
def box_muller(u1, u2):
    r = np.sqrt(-2 * np.log10(u1))
    return r * np.cos(2 * np.pi * u2), r * np.sin(2 * np.pi * u2)


# %% mistake="F18b" exercise="box_muller" title="logarithm to the base 2" caught_by=["radius"] hint="The natural logarithm undoes e^…; in NumPy it is called `log`."
def box_muller(u1, u2):
    r = np.sqrt(-2 * np.log2(u1))
    return r * np.cos(2 * np.pi * u2), r * np.sin(2 * np.pi * u2)


# %% mistake="F19" exercise="box_muller" title="the complement taken twice: log(0) for a tiny u1" caught_by=["open_ends"] hint="1 - (1 - u) is not u in floating point: a tiny u is rounded to 0. Take the complement once or not at all."
def box_muller(u1, u2):
    kept = 1 - u1
    r = np.sqrt(-2 * np.log(1 - kept))
    return r * np.cos(2 * np.pi * u2), r * np.sin(2 * np.pi * u2)


# %% mistake="F19b" exercise="box_muller" title="a safety margin with the wrong sign: log of a negative number" caught_by=["open_ends"] hint="Subtracting a small number does not keep a tiny u1 away from 0; it pushes it past."
def box_muller(u1, u2):
    r = np.sqrt(-2 * np.log(u1 - 1e-12))
    return r * np.cos(2 * np.pi * u2), r * np.sin(2 * np.pi * u2)


# %% mistake="F20" exercise="box_muller" title="the cosine twice" caught_by=["angle"] hint="Two different components, please: yours are the same number twice, each of them perfectly normal."
def box_muller(u1, u2):
    x = np.sqrt(-2 * np.log(u1)) * np.cos(2 * np.pi * u2)
    return x, x


# %% mistake="F45" exercise="box_muller" title="u1 for some samples and 1 - u1 for others" caught_by=["radius"] hint="Choose once between u1 and 1 - u1, for all samples. A mixture folds the law in half."
def box_muller(u1, u2):
    r = np.sqrt(-2 * np.log(np.maximum(u1, 1 - u1)))
    return r * np.cos(2 * np.pi * u2), r * np.sin(2 * np.pi * u2)


# %% mistake="F46" exercise="box_muller" title="sine first" caught_by=["angle"] hint="The same law, but the text asks for the cosine in the first number."
def box_muller(u1, u2):
    r = np.sqrt(-2 * np.log(u1))
    return r * np.sin(2 * np.pi * u2), r * np.cos(2 * np.pi * u2)


# %% mistake="F47" exercise="box_muller" title="the roles of u1 and u2 exchanged" caught_by=["radius", "angle"] hint="The same law, but the text asks for the radius from u1 and the angle from u2."
def box_muller(u1, u2):
    r = np.sqrt(-2 * np.log(u2))
    return r * np.cos(2 * np.pi * u1), r * np.sin(2 * np.pi * u1)


# %% mistake="F48" exercise="box_muller" title="the angle from -π to π" caught_by=["angle"] hint="The same law, but the text asks for the angle 2π·u2, counted from the first axis."
def box_muller(u1, u2):
    r, angle = np.sqrt(-2 * np.log(u1)), 2 * np.pi * u2 - np.pi
    return r * np.cos(angle), r * np.sin(angle)


# %% mistake="F49" exercise="box_muller" title="changes the array it is given" caught_by=["box_muller_arrays"] hint="`u1 *= …` or `out=u1` writes into the caller's array. Make a new one."
def box_muller(u1, u2):
    if np.ndim(u1):
        np.log(u1, out=u1)
        u1 *= -2
        r = np.sqrt(u1)
    else:
        r = np.sqrt(-2 * np.log(u1))
    return r * np.cos(2 * np.pi * u2), r * np.sin(2 * np.pi * u2)


# %% mistake="F50" exercise="box_muller" title="only one of the two normals" caught_by=["box_muller_worked"] hint="Two uniforms in, two normals out: return both, as a pair."
def box_muller(u1, u2):
    return np.sqrt(-2 * np.log(u1)) * np.cos(2 * np.pi * u2)


# %% mistake="F51" exercise="box_muller" title="one row per sample instead of a pair" caught_by=["box_muller_worked"] hint="Return a pair of arrays, `return x1, x2`; yours has one row per sample."
def box_muller(u1, u2):
    r = np.sqrt(-2 * np.log(u1))
    return np.stack([r * np.cos(2 * np.pi * u2), r * np.sin(2 * np.pi * u2)], axis=-1)


# %% mistake="F52" exercise="box_muller" title="clockwise" caught_by=["angle"] hint="The same law, but the text counts the angle from the first axis towards the second."
def box_muller(u1, u2):
    r = np.sqrt(-2 * np.log(u1))
    return r * np.cos(2 * np.pi * u2), -r * np.sin(2 * np.pi * u2)
