# %% variant="FW9a" exercise="pushforward_pdf" title="the slope of the inverse by a difference quotient, dh unused"
def pushforward_pdf(density, back, slope, y):
    step = 1e-5
    return density(back(y)) * abs(back(y + step) - back(y - step)) / (2 * step)


# %% variant="FW9b" exercise="pushforward_pdf" title="numerical derivative of the CDF"
def pushforward_pdf(density, back, slope, y, step=1e-3):
    a, b = back(y - step), back(y + step)
    # Simpson's rule for the mass of X between the two places.
    mass = (b - a) / 6 * (density(a) + 4 * density((a + b) / 2) + density(b))
    return np.abs(mass) / (2 * step)


# %% variant="G2-pushforward_pdf" exercise="pushforward_pdf" title="one number at a time, two signs"
def pushforward_pdf(density, back, slope, y):
    if np.ndim(y):
        return [pushforward_pdf(density, back, slope, float(v)) for v in y]
    x = back(y)
    steep = slope(x)
    return density(x) / steep if steep > 0 else -density(x) / steep


# %% variant="FW9c" exercise="pushforward_pdf" title="through the logarithm"
def pushforward_pdf(density, back, slope, y):
    x = back(y)
    return np.exp(np.log(density(x)) - np.log(np.abs(slope(x))))


# %% variant="G7-pushforward_pdf" exercise="pushforward_pdf" title="torch tensors all the way"
def pushforward_pdf(density, back, slope, y):
    import torch

    x = back(torch.as_tensor(y, dtype=torch.float64))
    return density(x) / torch.abs(slope(x))
