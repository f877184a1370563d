# %% mistake="F21" exercise="pushforward_pdf" title="no absolute value" caught_by=["falling_map"] hint="A density is positive, also where h falls."
def pushforward_pdf(p_x, h_inv, dh, y):
    x = h_inv(y)
    return p_x(x) / dh(x)


# %% mistake="F22" exercise="pushforward_pdf" title="multiplies by |h'|" caught_by=["mass_is_kept"] hint="Stretching thins the density: the area below it must stay what it was."
def pushforward_pdf(p_x, h_inv, dh, y):
    x = h_inv(y)
    return p_x(x) * np.abs(dh(x))


# %% mistake="F23" exercise="pushforward_pdf" title="the density of X taken at y" caught_by=["curved_map"] hint="Everything on the right-hand side belongs to x = h⁻¹(y)."
def pushforward_pdf(p_x, h_inv, dh, y):
    return p_x(y) / np.abs(dh(h_inv(y)))


# %% mistake="F23b" exercise="pushforward_pdf" title="the slope taken at y" caught_by=["curved_map"] hint="h' is a function of x: evaluate it at x = h⁻¹(y)."
def pushforward_pdf(p_x, h_inv, dh, y):
    return p_x(h_inv(y)) / np.abs(dh(y))


# %% mistake="F53" exercise="pushforward_pdf" title="the density is moved but not thinned" caught_by=["mass_is_kept"] hint="Where the map stretches, the same mass covers more ground. Which factor says so?"
def pushforward_pdf(p_x, h_inv, dh, y):
    return p_x(h_inv(y)) + 0 * y


# %% mistake="F54" exercise="pushforward_pdf" title="the negative part is cut off" caught_by=["falling_map"] hint="Where h falls the density is not zero. Take the size of the slope."
def pushforward_pdf(p_x, h_inv, dh, y):
    x = h_inv(y)
    return np.maximum(p_x(x) / dh(x), 0)


# %% mistake="F55" exercise="pushforward_pdf" title="divides by the square of the slope" caught_by=["mass_is_kept"] hint="Squaring removes the sign, and changes the size as well."
def pushforward_pdf(p_x, h_inv, dh, y):
    x = h_inv(y)
    return p_x(x) / dh(x) ** 2


# %% mistake="F56" exercise="pushforward_pdf" title="changes the array it is given" caught_by=["pushforward_arrays"] hint="`y[:] = …` writes into the caller's array. Give x a name of its own."
def pushforward_pdf(p_x, h_inv, dh, y):
    if np.ndim(y) == 0:
        return p_x(h_inv(y)) / abs(dh(h_inv(y)))
    y[:] = h_inv(y)
    return p_x(y) / np.abs(dh(y))
