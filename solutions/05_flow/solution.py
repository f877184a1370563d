# %% [raw]
# title = "Flow-based modelling"
# data = ["samples_1d.npy"]
#
# [limits]
# cell_seconds = 10
# check_seconds = 5
#
# [hand_in]
# group_size = 2
# names = "warn"
# pdf = "warn"
# executed = "warn"
# interpreted = "warn"

# %% [markdown]
# # Flow-based modelling: reshaping randomness
#
# A computer makes uniform random numbers and nothing else. Every other random thing, from a normal
# variable to a generated image, is uniform numbers sent through a function. In this notebook you
# build such functions, first on paper, then in code, and you learn to prove that they do what they
# should.
#
# **Afterwards you can**
#
# - turn uniform numbers into samples of any one-dimensional law, by formula or numerically;
# - build the increasing map that carries one law into another, and test it point by point instead
#   of by eye;
# - derive the Box-Muller transform and find the bugs in it that statistics miss;
# - say why the recipe stops working in two dimensions, and what repairs it;
# - follow a density through an invertible map, and stack maps into a flow whose log-determinants
#   add up.
#
# | part | task | minutes | difficulty (1–5) | points |
# |---|---|---:|:-:|---:|
# | a | question a: why the inverse CDF works | 20 | 2 | 2 |
# | b | `cdf_x`, `cdf_y`, `inv_cdf_y` | 15 | 1 | 3 × 0.5 |
# | b | `x_to_y` | 15 | 2 | 1.5 |
# | b | question b: reading the histogram | 10 | 2 | 1 |
# | c | `box_muller` | 25 | 3 | 3 |
# | d | question d: why not in two dimensions? | 15 | 3 | 2 |
# | e | question e: the change of variables | 15 | 3 | 1 |
# | e | `pushforward_pdf` | 10 | 2 | 1 |
# | f | `invert_cdf_numeric` | 30 | 4 | 3 |
# | g | `rosenblatt` | 30 | 4 | 3 |
# | h | `Affine`, `Compose` | 40 | 3 | 2 × 1.5 |
# | | **together** | **225** | | **22** |
#
# **What is given.** `data/samples_1d.npy` with 10,000 numbers, the densities `p_X` and `p_Y`, and
# one finished transform, `Sinh`. You need NumPy and Python's own library, nothing more; SciPy is
# not available where your notebook is marked. The whole notebook runs in a few seconds.
#
# **How to hand in.** In groups of two, once per group; single hand-ins are not marked. Write both
# names into `MEMBERS` below. Hand in this notebook, run from top to bottom with its outputs in
# place, and a PDF of it. Comment your code, and put a sentence or two under each of your figures:
# what you see, and what it tells you about your function. Questions are answered in the cell below
# them; a scan of a handwritten proof is welcome.

# %% [markdown]
# **Rules that hold for every function here**
#
# - An argument called `x`, `y`, `u`, `u1` or `u2` is a number or a one-dimensional array of shape
#   `(N,)`. A number gives a number, an array gives an array of the same length. (The two classes at
#   the end take arrays only, `(N,)` or `(N, D)`.)
# - **Arguments are never changed**, and nothing that was given is kept to be changed later.
#   `x *= 2` changes the caller's array; `x = 2 * x` makes a new one.
# - Functions draw no random numbers. The uniforms come in as arguments, so the right answer is a
#   number and not a distribution, and it can be checked exactly.
# - Logarithms are natural, angles are in radians, numbers are `float64`.
# - Below each blank, `check("name")` runs the public checks of that function. More checks run when
#   the notebook is marked: other values, and properties such as "the map is increasing".

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from grader import check, pending

plt.rcParams.update(
    {
        "figure.dpi": 90,
        "font.size": 9,
        "figure.subplot.bottom": 0.17,
        "figure.subplot.wspace": 0.28,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "legend.frameon": False,
        # Colours that colour-blind readers tell apart; in grey the line styles do it.
        "axes.prop_cycle": plt.cycler(
            color=["#0072B2", "#D55E00", "#009E73", "#000000"], linestyle=["-", "--", "-.", ":"]
        ),
    }
)
# How samples are drawn in the figures.
BARS = {"density": True, "histtype": "stepfilled", "color": "0.8"}

# %%
# The names of both members of the group, as on the course site.
MEMBERS = ["", ""]

# %% [markdown]
# ## a · From uniform to anything
#
# The **cumulative distribution function** (CDF) of a random variable $Y$ is $F_Y(t) = P(Y \le t)$,
# the integral of its density up to $t$. It climbs from 0 to 1. A uniform number $U$ lives on that
# same scale from 0 to 1, so the recipe is: draw a height $u$, walk across to the curve, read off
# the place below.
#
# $$ y = F_Y^{-1}(u) $$
#
# Shapes: `u (N,)` → `y (N,)`.
#
# **Worked example.** The exponential law has the density $e^{-t}$ for $t > 0$. Integrate:
# $F(t) = 1 - e^{-t}$. Solve $u = 1 - e^{-t}$ for $t$: $F^{-1}(u) = -\ln(1-u)$.
#
# **Predict first.** Which place does the height $u = 0.5$ lead to: the mean (which is 1), the
# median, or the peak of the density (at 0)? Write your guess down, then run the cell.

# %%
heights = np.array([0.1, 0.5, 0.9])
places = -np.log(1 - heights)
print("heights u           ", heights)
print("places F^-1(u)      ", places.round(4))
print("back again F(places)", 1 - np.exp(-places))

# %% [markdown]
# <details><summary>Compare with your guess</summary>
#
# The median. Half of the mass lies below $F^{-1}(0.5) = \ln 2 = 0.693$, because that is what
# $F = 0.5$ says. The heights 0.1 and 0.9 are equally far from the middle, yet their places are not:
# the law has a long tail on the right.
#
# </details>

# %% [markdown] question="a" points=2 title="Why the inverse CDF works"
# Let $Y$ have a density $p_Y$ that is positive on an interval $(a, b)$ and zero outside, and let
# $F_Y$ be its CDF. Let $U$ be uniform on $(0, 1)$ and $Y' = F_Y^{-1}(U)$. **Show that $Y'$ has the
# density $p_Y$.**
#
# Mark the step at which you use that $F_Y$ is strictly increasing. If that step turns one event
# into another, say why the two hold together: "if and only if", not only "if".
#
# <details><summary>Hint 1</summary>
#
# Two random variables with the same CDF have the same density. Start from $P(Y' \le t)$.
#
# </details>
# <details><summary>Hint 2</summary>
#
# A strictly increasing function may be applied to both sides of an inequality, and may be taken off
# both sides again.
#
# </details>

# %% [markdown] answer="a"
# On $(a, b)$ the density is positive, so $F_Y$ is continuous and strictly increasing there, from 0
# to 1. Hence $F_Y^{-1}: (0,1) \to (a,b)$ exists and is strictly increasing too. For $t$ in
# $(a, b)$:
#
# $$ F_Y^{-1}(U) \le t \iff U \le F_Y(t) $$
#
# "$\Rightarrow$": apply $F_Y$, which keeps the order, to both sides. "$\Leftarrow$": apply
# $F_Y^{-1}$, which keeps it as well. The two events are the same event, so they have the same
# probability. Since $U$ is uniform, $P(U \le c) = c$ for $c$ in $[0, 1]$, and
#
# $$ F_{Y'}(t) = P(F_Y^{-1}(U) \le t) = P(U \le F_Y(t)) = F_Y(t) . $$
#
# Outside $(a, b)$ both CDFs are 0 or 1. The CDFs agree everywhere, so their derivatives do:
# $p_{Y'} = p_Y$.
#
# (Without a density the statement is about laws: the generalised inverse $\inf\{t : F_Y(t) \ge u\}$
# gives $Y'$ the same law as $Y$, even where $F_Y$ jumps or is flat.)

# %% [markdown] rubric="a"
# A proof by change of variables, $p_{Y'}(t) = p_U(F_Y(t)) \, F_Y'(t) = p_Y(t)$, or by test
# functions, $E[g(Y')] = \int_0^1 g(F_Y^{-1}(u)) \, du = \int g(t) \, p_Y(t) \, dt$, earns the same
# points line by line.
#
# - 0.5: Starts from something that determines the law of $Y'$: $P(Y' \le t)$, its density by change
#   of variables, or $E[g(Y')]$ for all test functions $g$.
# - 0.5: Turns $F_Y^{-1}(U) \le t$ into $U \le F_Y(t)$ as an equivalence and names strict
#   monotonicity as the reason. "Holds only if", or one direction alone, earns nothing here. With
#   the change of variables: says that $F_Y$ is strictly increasing and differentiable, so that the
#   substitution is one to one. The generalised inverse with its own argument is right as well.
# - 0.5: Uses that $U$ is uniform: $P(U \le c) = c$, or density 1 on $(0, 1)$.
# - 0.5: Concludes: equal CDFs, hence equal densities (by differentiation, or "the CDF determines
#   the law").

# %% [markdown]
# ## b · From one law to another
#
# The recipe has a second half. If $X$ has a continuous CDF, then $U = F_X(X)$ is uniform: going
# *in* through $F_X$ undoes going *out* through $F_X^{-1}$. In through one law, out through another:
#
# $$ x \;\longrightarrow\; u = F_X(x) \;\longrightarrow\; y = F_Y^{-1}(u) $$
#
# Shapes: `x (N,)` → `u (N,)` → `y (N,)`, sample by sample; no sample looks at any other.
#
# **Worked example.** Let $T$ be exponential and $W$ uniform on $[0, 3]$. Then $u = 1 - e^{-t}$, and
# $F_W(w) = w/3$ gives $w = 3u$.

# %%
for t in (0.0, 0.5, 1.0, 3.0):
    u = 1 - np.exp(-t)
    print(f"t = {t:.1f}  →  u = {u:.4f}  →  w = {3 * u:.4f}")

# %% [markdown]
# Now your case. On $[0, 2]$, and zero elsewhere,
#
# $$ p_X(x) = \frac{x}{2}, \qquad p_Y(y) = 1 - \frac{y}{2} . $$
#
# The file holds 10,000 samples of $X$. They are to become samples of $Y$.


# %% tags=["setup"]
def p_X(x):
    """Density of X on [0, 2]."""
    return x / 2


def p_Y(y):
    """Density of Y on [0, 2]."""
    return 1 - y / 2


# %%
samples = np.load("data/samples_1d.npy")
print(samples.shape, samples.dtype, "from", samples.min().round(5), "to", samples.max().round(5))
print("mean", samples.mean().round(3), "(expected 4/3)")

# %% [markdown]
# **Predict first.** Half of the samples of $X$ lie below some $x$, half of those of $Y$ below some
# $y$. Guess both numbers from the two straight-line densities alone. The cell after the four
# functions tells.
#
# Write the two CDFs and the inverse first. The checks stay within the ranges that the docstrings
# state.
#
# ### Exercises `cdf_x`, `cdf_y`, `inv_cdf_y`


# %% exercise="cdf_x" points=0.5 title="The CDF of X"
def cdf_x(x):
    """Return F_X(x), the probability that X is at most x.

    x: number or array (N,), in [0, 2].
    Returns a number or an array (N,), in [0, 1].
    """
    # solution
    # The integral of t/2 from 0 to x is x²/4, not x²/2: a CDF ends at 1.
    return x * x / 4
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Integrate $p_X$ from 0 to $x$. The result is a function of $x$, and there is a quick test of its
# constant.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The quick test: a CDF is 0 where the support begins and 1 where it ends.
#
# </details>


# %% exercise="cdf_y" points=0.5 title="The CDF of Y"
def cdf_y(y):
    """Return F_Y(y), the probability that Y is at most y.

    y: number or array (N,), in [0, 2].
    Returns a number or an array (N,), in [0, 1].
    """
    # solution
    # Integrated term by term; at y = 2 the two terms are 2 and 1, so it ends at 1.
    return y - y * y / 4
    # end


# %% exercise="inv_cdf_y" points=0.5 title="The inverse CDF of Y"
def inv_cdf_y(u):
    """Return the y in [0, 2] with F_Y(y) = u.

    u: number or array (N,), in [0, 1], both ends included.
    Returns a number or an array (N,), in [0, 2], never NaN.
    """
    # solution
    # Of the two roots 2 ± 2√(1-u) only the minus root lies in [0, 2].
    # Written as a quotient, because 2 - 2√(1-u) loses all its digits when u is tiny.
    return 2 * u / (1 + (1 - u) ** 0.5)
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# $u = F_Y(y)$ is a quadratic equation for $y$. Complete the square, or use the formula.
#
# </details>
# <details><summary>Hint 2</summary>
#
# It has two roots. Put $u = 0$ into both: which one lands where $Y$ begins?
#
# </details>

# %%
with pending("the picture of the two CDFs"):
    t = np.linspace(0, 2, 101)
    F_X, F_Y = cdf_x(t), cdf_y(t)
    x = 1.5
    u = cdf_x(x)
    y = inv_cdf_y(u)
    fig, ax = plt.subplots(figsize=(6, 3))
    ax.plot(t, F_X, label="CDF of X")
    ax.plot(t, F_Y, label="CDF of Y")
    # Up from x to its height, straight across to the other curve, down to y.
    for start, end in (((x, 0), (x, u)), ((x, u), (y, u)), ((y, u), (y, 0))):
        ax.annotate("", end, start, arrowprops={"arrowstyle": "->"})
    ax.text(x + 0.03, 0.05, "x")
    ax.text(y + 0.03, 0.05, "y")
    ax.text((x + y) / 2, u + 0.02, "u")
    ax.set(xlabel="place on the axis", ylabel="CDF", xticks=[0, 0.5, 1, 1.5, 2], yticks=[0, 0.5, 1])
    ax.legend(loc="upper left")

# %% [markdown]
# **Figure 1.** The way of one sample: up from $x$ to its height $u$ on the curve of $F_X$, across
# at the *same* height to the curve of $F_Y$, down to $y$. Both curves must run from 0 to 1. The
# last arrow must end on the axis exactly below the dashed curve; if it starts beside the curve,
# `inv_cdf_y` does not undo `cdf_y`.

# %% [markdown]
# ### Exercise `x_to_y`
#
# Now the map itself. **It must be increasing**: of two samples the larger stays the larger. This
# has to be said, because a second, decreasing map carries $X$ into $Y$ just as exactly. It is not
# what is asked for.


# %% exercise="x_to_y" points=1.5 depends=["cdf_x", "inv_cdf_y"] title="The increasing map from X to Y"
def x_to_y(x):
    """Return samples of Y made from samples of X by the increasing map.

    x: number or array (N,), in [0, 2], both ends included, in any order.
    Returns a number or an array (N,), in [0, 2]: entry i depends on x[i] alone and is never NaN.
    """
    # solution
    # F_Y^-1(F_X(x)) simplifies to 2 - √(4 - x²), which cancels near 0; this quotient does not.
    # An x that rounding has pushed past 2 would put a negative number under the root.
    return x**2 / (2 + np.sqrt(np.maximum(4 - x**2, 0)))
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# You have written both halves already: in through one law, out through the other.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The order of the two halves matters. The ends are a quick test: where must 0 go, and where must 2
# go?
#
# </details>

# %%
with pending("the line with the medians"):
    # The middle of the sorted samples, before and after.
    x, y = np.median(samples), np.median(x_to_y(samples))
    print(f"median of X: {x:.3f}, where F_X is {cdf_x(x):.3f}")
    print(f"median of Y: {y:.3f}, where F_Y is {cdf_y(y):.3f}")

# %%
with pending("the picture of the two roots"):
    # Sines, because they crowd where the curves are steep.
    x = 2 * np.sin(np.linspace(0, np.pi / 2, 61))
    lower = x_to_y(x)
    # The two roots of the quadratic equation F_Y(y) = F_X(x) add up to 4.
    upper = 4 - lower
    fig, ax = plt.subplots(figsize=(6, 3))
    ax.axhspan(0, 2, color="0.88", label="support of Y")
    ax.plot(x, lower, label="your map")
    ax.plot(x, upper, label="the other root")
    ax.set(xlabel="x", ylabel="y", xticks=[0, 1, 2], yticks=[0, 1, 2, 3, 4])
    ax.legend(loc="center left", bbox_to_anchor=(0.05, 0.68))

# %% [markdown]
# **Figure 2.** For each $x$ the equation $F_Y(y) = F_X(x)$ has two roots. The solid curve, your
# map, must stay inside the shaded support and rise from 0 to 2. If it lies above, you took the
# other root; if it falls, you found the decreasing map.

# %%
with pending("the histogram"):
    y_samples = x_to_y(samples)
    t = np.array([0, 2])
    fig, ax = plt.subplots(figsize=(6, 3))
    ax.hist(samples, bins=40, range=(0, 2), **BARS, label="samples before")
    after = {**BARS, "color": "none", "edgecolor": "0.35", "linestyle": "-", "hatch": "///"}
    ax.hist(y_samples, bins=40, range=(0, 2), **after, label="samples after")
    ax.plot(t, p_X(t), linewidth=2, label="density of X")
    ax.plot(t, p_Y(t), linewidth=2, label="density of Y")
    ax.set(xlabel="x before, y after", ylabel="density", ylim=(0, 1.5))
    ax.set(xticks=[0, 1, 2], yticks=[0, 0.5, 1])
    ax.legend(loc="upper center", ncols=2)

# %% [markdown]
# **Figure 3.** The samples before the map (grey) and after it (hatched), each with the density they
# should follow. The same 10,000 numbers have moved from the right to the left. No hatched bars:
# your numbers left the support. Bars along the rising line: you are back at the law of $X$. A level
# block from 0 to 1: you stopped at $u$. And beware, the *decreasing* map gives the very picture you
# want. A histogram forgets which sample went where, so it cannot prove that the map is the one you
# were asked for; Figure 2 can.

# %% [markdown] question="b" points=1 title="Reading the histogram"
# Interpret Figure 3 in three or four sentences. What do the two histograms show, and why do the
# samples follow $p_Y$ after the two steps? Solving $F_Y(y) = u$ gave you two roots: which one did
# you keep, and why?

# %% [markdown] answer="b"
# Before the map the histogram climbs along $x/2$; after it, it falls along $1 - y/2$. The bars
# scatter around the line by a few per cent, as about 250 samples per bin must
# ($1/\sqrt{250} \approx 6\,\%$). The reason is not the picture: $U = F_X(X)$ is uniform, and by
# question a $F_Y^{-1}(U)$ has the density $p_Y$.
#
# The roots are $y = 2 \pm 2\sqrt{1-u}$, or $2 \pm \sqrt{4 - x^2}$ in terms of $x$. The plus root
# lies in $[2, 4]$, outside the support of $Y$; the minus root runs from 0 to 2 and increases with
# $u$. So it is the minus root.

# %% [markdown] rubric="b"
# Any bins, colours or layout of the figure are right, as long as the axes have labels. A remark
# that the histogram cannot see the order of the samples, or a test such as Kolmogorov-Smirnov, is
# welcome but not needed.
#
# - 0.5: Says that the samples follow $1 - y/2$ after the map, up to the scatter of finite bins, and
#   gives the reason in its own words: $F_X(X)$ is uniform, then $F_Y^{-1}$ gives the law of $Y$. A
#   description of the shape without a reason earns nothing.
# - 0.5: Names the minus root and the reason: the plus root lies outside $[0, 2]$. Equally good: at
#   $u = 0$ the answer must be 0, or the map must increase. Both roots left standing, or the minus
#   sign without a word, earns nothing.

# %% [markdown]
# **Find the error.** This came with a correct `x_to_y`. Two things are wrong with the figure it
# draws.
#
# ```python
# fig, (left, right) = plt.subplots(1, 2)
# plt.hist(samples, bins=40, density=True)
# plt.hist(x_to_y(samples), bins=40, density=True)
# plt.ylabel("number of samples")
# ```
#
# <details><summary>What is wrong</summary>
#
# `plt.hist` draws into the *current* axes, which is the panel made last. Both histograms land on
# the right and the left panel stays empty; `left.hist(…)` and `right.hist(…)` say where. And with
# `density=True` the bars have area 1: the axis shows a density, not a number of samples.
#
# </details>

# %% [markdown]
# ## c · Two normals from two uniforms
#
# The CDF of the normal law has no closed form, but in two dimensions it gives way. Let $X_1, X_2$
# be independent standard normals. In polar coordinates $(R, \Phi)$ the joint density
# $\frac{1}{2\pi} e^{-r^2/2}$ times the area $r \, dr \, d\varphi$ splits into two independent
# one-dimensional laws:
#
# $$ p_R(r) = r\, e^{-r^2/2}, \quad F_R(r) = 1 - e^{-r^2/2}, \qquad \Phi \text{ uniform on } (0, 2\pi). $$
#
# Both you can sample with the recipe of part a. This is the Box-Muller transform.
#
# **Worked example.** How much of the mass lies within 1 and within 2 of the origin? And polar
# coordinates turn $r = 2$, $\varphi = 60°$ into a point.

# %%
for r in (1, 2):
    print(f"P(R < {r}) = {1 - np.exp(-(r**2) / 2):.6f}")
print(f"r = 2 at 60 degrees: ({2 * np.cos(np.pi / 3):.4f}, {2 * np.sin(np.pi / 3):.4f})")

# %% [markdown]
# **Predict first.** What does `np.cos(90)` print?

# %%
print(np.cos(90))

# %% [markdown]
# <details><summary>Why it is not 0</summary>
#
# NumPy takes radians. 90 radians are fourteen full turns and 2.035 radians more, and the cosine of
# that is $-0.448$. Keep this in mind for Figure 5.
#
# </details>
#
# ### Exercise `box_muller`
#
# Turn two uniforms into two independent standard normals.
#
# - The radius comes from `u1`, by inverting $F_R$. Whether `u1` or `1 - u1` ends up inside the
#   logarithm is yours to choose: both are uniform. Choose once, for all samples.
# - The angle is $2\pi\,u_2$ exactly, counted from the first axis. The **cosine comes first**: $x_1$
#   has the cosine, $x_2$ the sine.
# - The uniforms lie in the **open** interval $(0, 1)$. At 0 or 1 one of the two forms has an
#   infinite radius; in between, however close to an end, the result must be finite.
#
# Shapes: `u1 (N,)`, `u2 (N,)` → a pair `x1 (N,)`, `x2 (N,)`.


# %% exercise="box_muller" points=3 title="Box-Muller"
def box_muller(u1, u2):
    """Return two independent standard normals (x1, x2) made from two uniforms.

    u1: number or array (N,), strictly between 0 and 1; gives the radius.
    u2: the same shape; gives the angle, 2π·u2 radians from the first axis.
    Returns a pair: x1 (the cosine) and x2 (the sine), each shaped like u1 and finite.
    """
    # solution
    # The root covers the logarithm alone: times a cosine, half of the products are negative.
    radius = np.sqrt(-2 * np.log(u1))
    # Radians. Degrees would pass the usual statistical tests.
    angle = 2 * np.pi * u2
    return radius * np.cos(angle), radius * np.sin(angle)
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Solve $u = 1 - e^{-r^2/2}$ for $r$. In which order must the exponential, the square and the factor
# be undone?
#
# </details>
# <details><summary>Hint 2</summary>
#
# A logarithm of a number below 1 is negative, and a minus sign is waiting for it. One uniform for
# the radius, the *other* for the angle: with the same one for both, the two normals know about each
# other.
#
# </details>
# <details><summary>Hint 3: I get NaN for half of the samples</summary>
#
# Then something negative is under your root. Take the root before anything is multiplied that may
# be negative.
#
# </details>


# %%
def draw_grid(mapping, at):
    """Draw a grid on the unit square, and beside it where `mapping` sends its lines."""

    def lines(values):
        rows = np.reshape(values, (len(at), -1))
        # A NaN at the end of each line keeps matplotlib from joining it to the next.
        return np.pad(rows, ((0, 0), (0, 1)), constant_values=np.nan).ravel()

    fixed, running = np.repeat(at, 100), np.tile(np.linspace(0.001, 0.999, 100), len(at))
    # Constant u1 is drawn solid, constant u2 dashed.
    ways = [("C0-", (fixed, running)), ("C1--", (running, fixed))]
    images = [mapping(*uniforms) for _, uniforms in ways]
    fig, axes = plt.subplots(1, 2, figsize=(6.5, 3), subplot_kw={"aspect": "equal"})
    for (style, uniforms), image in zip(ways, images, strict=True):
        axes[0].plot(*map(lines, uniforms), style, linewidth=1)
        axes[1].plot(*map(lines, image), style, linewidth=1)
    axes[0].set(xlabel="u₁", ylabel="u₂", xticks=[0, 1], yticks=[0, 1])
    return axes[1]


with pending("the grid mapped by Box-Muller"):
    ax = draw_grid(box_muller, [0.05, 0.2, 0.4, 0.6, 0.8, 0.95])
    ax.set(xlabel="x₁", ylabel="x₂", xticks=[-2, 0, 2], yticks=[-2, 0, 2])

# %% [markdown]
# **Figure 4.** Lines of constant $u_1$ (solid) become circles, lines of constant $u_2$ (dashed)
# become rays. Half circles: the angle stops at $\pi$. One slanted line: you returned the cosine
# twice. A spiral: the same uniform went into radius and angle. A ball of wool: look at the unit of
# your angle.

# %%
from statistics import NormalDist

with pending("the quantile plot"):
    u1, u2 = np.random.default_rng(24).uniform(1e-9, 1, (2, 200))
    x1, x2 = box_muller(u1, u2)
    # Somebody else's version, with the angle in degrees: NumPy reads the 360 as radians.
    wrong = np.hypot(x1, x2) * np.cos(360 * u2)
    normal = [NormalDist().inv_cdf((i + 0.5) / 200) for i in range(200)]
    # One fixed radius, all angles.
    turn = np.linspace(0.0005, 0.9995, 600)
    right_wave = box_muller(np.full(600, 0.6), turn)
    wrong_wave = np.hypot(*right_wave) * np.cos(360 * turn)

    fig, axes = plt.subplots(1, 2, figsize=(7.5, 3))
    axes[0].plot([-3, 3], [-3, 3], color="0.6", linestyle="-", linewidth=1)
    axes[0].plot(normal, np.sort(x1), "C0.", label="yours")
    axes[0].plot(normal, np.sort(wrong), "C1x", markersize=4, label="degrees")
    axes[0].set(xlabel="normal quantile", ylabel="sorted x₁")
    axes[0].set(xticks=[-2, 0, 2], yticks=[-2, 0, 2])
    axes[0].legend(loc="upper left")
    axes[1].plot(turn, wrong_wave, "C1-", linewidth=0.6)
    axes[1].plot(turn, right_wave[0], "C0-", linewidth=3)
    axes[1].set(xlabel="u₂", ylabel="x₁ at one radius", xticks=[0, 0.5, 1], yticks=[-1, 0, 1])

# %% [markdown]
# **Figure 5.** Left: quantiles of 200 samples against those of the normal law. A sampler of normals
# gives the diagonal, and the version with the bug looks perfect. For all that its samples can tell
# it nearly *is* perfect: 360 radians are so many turns (57.3) that the angle comes out uniform
# again, but for a per cent or so. Mean, variance, correlation and the Kolmogorov-Smirnov test of
# 10,000 samples all pass. Right: the same two as functions of $u_2$, one turn against fifty-seven.
# A test that sees only samples tests the law; only a test on given inputs tests the function.
#
# **Find the error.** A hand-in has the lines
#
# $$ F_R^{-1}(1-u) = F_R^{-1}(u), \quad \text{because } U \text{ and } 1-U \text{ are both uniform.} $$
#
# <details><summary>What is wrong</summary>
#
# The equation. It claims that two *numbers* are equal, and at $u = 0.1$ they are 2.146 and 0.459.
# True is that the two *random variables* $F_R^{-1}(1-U)$ and $F_R^{-1}(U)$ have the same law. Write
# $\stackrel{d}{=}$, or name a new uniform $U' = 1 - U$ once, and go on with that.
#
# </details>

# %% [markdown]
# ## d · Why not in two dimensions?
#
# In one dimension, a uniform number and an inverse CDF give any law. In two dimensions there is a
# joint CDF, too: $F(x, y) = P(X \le x, Y \le y)$.
#
# **Predict first.** For the uniform law on the unit square $F(x, y) = x y$. What do the three
# points $(0.25, 0.8)$, $(0.4, 0.5)$ and $(0.8, 0.25)$ have in common?

# %%
for x, y in ((0.25, 0.8), (0.4, 0.5), (0.8, 0.25)):
    print(f"F({x}, {y}) = {x * y:.2f}")

# %% [markdown] question="d" points=2 title="Why not in two dimensions?"
# Why can the recipe of part a, one uniform number and the inverse of the CDF, not be used with the
# joint CDF of a random vector? And how can a random vector with a known density be sampled from
# uniform numbers all the same?
#
# <details><summary>Hint</summary>
#
# The recipe needs a place for every height. How many places has the height 0.2 in the cell above?
# For the second half: a long sentence is written one word after the other.
#
# </details>

# %% [markdown] answer="d"
# The joint CDF maps $\mathbb{R}^d$ to $[0, 1]$ and is not injective for $d > 1$: all points of a
# level curve, such as $xy = 0.2$, have the same value. So $F^{-1}(u)$ is a set, not a point, and
# one number $u$ does not say where on it to go. (Nor is $F(X, Y)$ uniform: for the unit square
# $P(XY \le c) = c - c \ln c \ne c$.)
#
# The remedy is one dimension at a time. Every density factorises into conditional ones,
#
# $$ p(x_1, \dots, x_d) = p(x_1)\, p(x_2 \mid x_1) \cdots p(x_d \mid x_1, \dots, x_{d-1}), $$
#
# and each factor is a one-dimensional law with a CDF that can be inverted. Take one independent
# uniform per coordinate, draw $x_1$ from $u_1$, then $x_2$ from $u_2$ with the conditional CDF
# given that $x_1$, and so on. A language model does the same with tokens.

# %% [markdown] rubric="d"
# "The joint CDF is too complicated" or "expensive to compute" is not the point and earns nothing by
# itself: the uniform law on the square has the simplest joint CDF there is, and it has no inverse
# either.
#
# - 1: Says that the joint CDF is not injective (equally good: not invertible, constant along level
#   curves, the preimage of $u$ is a whole set, one number cannot choose a point in $d$ dimensions,
#   or $F(X)$ is not uniform for $d > 1$), with a reason or an example. Half of it if the claim
#   stands there without either.
# - 0.5: Factorises the density into a marginal and conditional ones, or names the Rosenblatt
#   transform and says what it conditions on. Other exact ways earn it as well: coordinates in which
#   the law splits (as in Box-Muller), an invertible map with a known Jacobian determinant,
#   rejection.
# - 0.5: Says how it is sampled: one uniform per coordinate, one-dimensional inverse CDFs in turn,
#   each given the values drawn before. With another way: says what is drawn from the uniforms and
#   why the result has the right law.

# %% [markdown]
# ## e · How a density moves
#
# Let $Y = h(X)$ with a differentiable, strictly monotone $h$ with $h' \ne 0$. Where $h$ stretches,
# the same mass has to cover more ground, and the density thins:
#
# $$ p_Y(y) = \frac{p_X(x)}{|h'(x)|} \quad \text{at } x = h^{-1}(y). $$
#
# **Predict first.** Let $X$ be uniform on $(0, 1)$ and $h(x) = 2x$. Is the density of $Y$ equal to
# 2, 1 or ½?

# %%
uniforms = np.random.default_rng(4).random(10_000)
heights, edges = np.histogram(2 * uniforms, bins=4, density=True)
print("bins   ", edges.round(2))
print("density", heights.round(2))

# %% [markdown]
# Half as high, because the mass is spread over twice the length. The bins confirm it without any
# formula.

# %% [markdown] question="e" points=1 title="The change of variables"
# **Prove the formula** for differentiable, strictly monotone $h$ with $h' \ne 0$ everywhere. Treat
# increasing and decreasing $h$, and say where the absolute value comes from.
#
# <details><summary>Hint</summary>
#
# Write $F_Y(y)$ with the help of $F_X$, then differentiate. For a decreasing $h$ the inequality
# turns round.
#
# </details>

# %% [markdown] answer="e"
# *Increasing:* $F_Y(y) = P(h(X) \le y) = P(X \le h^{-1}(y)) = F_X(h^{-1}(y))$. Differentiate with
# the chain rule and $(h^{-1})'(y) = 1/h'(h^{-1}(y))$, which exists because $h' \ne 0$:
#
# $$ p_Y(y) = p_X(h^{-1}(y)) \cdot \frac{1}{h'(h^{-1}(y))} . $$
#
# *Decreasing:* now $h(X) \le y$ holds if and only if $X \ge h^{-1}(y)$, so
# $F_Y(y) = 1 - F_X(h^{-1}(y))$ and
#
# $$ p_Y(y) = - p_X(h^{-1}(y)) \cdot \frac{1}{h'(h^{-1}(y))} . $$
#
# Here $h' < 0$, so $-1/h' = 1/|h'|$. In both cases $p_Y(y) = p_X(x)/|h'(x)|$ at $x = h^{-1}(y)$.

# %% [markdown] rubric="e"
# The proof by substitution in $E[g(Y)] = \int g(h(x)) \, p_X(x) \, dx$, and the one with measures
# or with $|dy|\,p_Y = |dx|\,p_X$ made precise, earn both lines if they treat both signs.
#
# - 0.5: The increasing case: $F_Y = F_X \circ h^{-1}$, chain rule, derivative of the inverse. The
#   factor is $1/h'$ at $h^{-1}(y)$; its reciprocal, or $h'$ at $y$, earns nothing.
# - 0.5: The decreasing case with its turned inequality, and the absolute value as the common form
#   of both signs. Asserting the absolute value "because densities are positive" without the second
#   case earns half of it.

# %% [markdown]
# **Find the error.** Another proof ends with $p_Y(y) = p_X(x) \left| \dfrac{dx}{dy} \right|^{-1}$
# at $x = h^{-1}(y)$, and the next line calls it done. Try it on $h(x) = 2x$ from above before you
# open the fold.
#
# <details><summary>What is wrong</summary>
#
# $dx/dy = \frac12$, so the formula claims the density $1 \cdot (\frac12)^{-1} = 2$ on an interval
# of length 2: an area of 4. The factor is $|dx/dy|$ itself, which is the same as $1/|dy/dx|$.
# Somebody divided twice. A density that does not integrate to 1 is the cheapest alarm there is.
#
# </details>

# %% [markdown]
# ### Exercise `pushforward_pdf`
#
# Now as a function. It gets the density of $X$, the inverse of $h$ and the derivative of $h$ as
# functions, and the places $y$ as an array.
#
# Shapes: `y (N,)` → `density (N,)`.


# %% exercise="pushforward_pdf" points=1 title="The density after a map"
def pushforward_pdf(p_x, h_inv, dh, y):
    """Return the density of Y = h(X) at y.

    p_x: function, the density of X at x.
    h_inv: function, the x that h sends to y; h is strictly monotone, rising or falling.
    dh: function, the derivative h'(x), never 0, as a function of x.
    y: number or array (N,), in the image of h.
    Returns a number or an array (N,), not negative.
    The three functions take a number or an array and return the same.
    """
    # solution
    # The slope is taken at x, not at y, and by its size: where h falls it is negative.
    x = h_inv(y)
    return p_x(x) / np.abs(dh(x))
    # end


# %% [markdown]
# <details><summary>Hint</summary>
#
# First find the $x$ that belongs to each $y$. Everything on the right-hand side of the formula is
# evaluated there.
#
# </details>

# %%
with pending("the density after a map"):
    # X uniform on (0, 1), h(x) = -ln x: a falling map with the derivative -1/x.
    y = np.linspace(0.01, 5, 100)
    density = pushforward_pdf(lambda x: np.ones_like(x), lambda y: np.exp(-y), lambda x: -1 / x, y)
    fig, ax = plt.subplots(figsize=(6, 2.8))
    ax.hist(-np.log(1 - uniforms), bins=40, range=(0, 5), **BARS, label="samples of h(X)")
    ax.plot(y, density, "C1--", label="pushforward_pdf")
    ax.set(xlabel="y", ylabel="density", ylim=(-0.3, 1.5))
    ax.set(xticks=[0, 1, 2, 3, 4, 5], yticks=[0, 0.5, 1])
    ax.legend()

# %% [markdown]
# **Figure 6.** The falling map $h(x) = -\ln x$ makes an exponential law out of a uniform one. The
# dashed curve must lie on the samples. Below the axis: the absolute value is missing. Off to the
# top of the figure: multiplied instead of divided.

# %% [markdown]
# ## f · Inverting any CDF numerically
#
# Most densities have no CDF in closed form. All you need is a function `pdf`, positive between `lo`
# and `hi`, and it need **not** be normalised: the factor that makes it integrate to 1 is yours to
# find. Then solve
#
# $$ \frac{\int_{lo}^{x} p(t)\, dt}{\int_{lo}^{hi} p(t)\, dt} = u . $$
#
# Shapes: `u (N,)` → `x (N,)`. The result must be right to within **0.001**, and it must not fall
# when `u` rises.
#
# **Worked example.** $p(t) = t$ on $[0, 2]$, with two pieces of width 1. The trapezoid between two
# neighbours has the area of width times mean height: 0.5 and 1.5. Summed up and divided by the
# total, these are the heights of the CDF at 1 and 2. The exact CDF is $x^2/4$.

# %%
areas = np.array([0.5, 1.5])
print("CDF at 0, 1, 2:", [0.0, *(areas.cumsum() / 2).tolist()])

# %% [markdown]
# **Predict first.** In the table of this example, where is $u = 0.6$: between which two grid
# points, and what would a straight line between them give? The exact answer is
# $2\sqrt{0.6} = 1.549$.
#
# <details><summary>Compare with your guess</summary>
#
# Between 1 (height 0.25) and 2 (height 1): $1 + (0.6 - 0.25)/0.75 = 1.467$. With two pieces the
# error is 0.08. It falls with the square of the width, so a few thousand pieces are more than
# enough for 0.001.
#
# </details>

# %% [markdown]
# ### Exercise `invert_cdf_numeric`
#
# Any method will do, as long as it keeps to 0.001.


# %% exercise="invert_cdf_numeric" points=3 title="Inverting any CDF"
def invert_cdf_numeric(pdf, lo, hi, u):
    """Return the x in [lo, hi] below which the share u of the mass of pdf lies, to within 0.001.

    pdf: function of a number or an array (N,), returns the same; positive inside (lo, hi), need
        not integrate to 1. Call it on a whole array at once: thousands of single calls are slow.
    lo, hi: numbers, lo < hi, the ends of the support.
    u: number or array (N,), in [0, 1], in any order; 0 gives lo and 1 gives hi.
    Returns a number or an array (N,), which does not fall when u rises.
    """
    # solution
    grid = np.linspace(lo, hi, 4001)
    density = pdf(grid)
    # Trapezoids, up to a factor that falls out below: left edges alone would lag behind a slope.
    areas = density[1:] + density[:-1]
    # The CDF starts with 0 at lo itself; without this entry every height is off by one grid point.
    heights = np.concatenate([[0.0], np.cumsum(areas)])
    # Divided by the last height, it ends at exactly 1, whatever the factor of the density.
    return np.interp(u, heights / heights[-1], grid)
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Two ways lead there. Tabulate the CDF on a fine grid once and read the table backwards; or write
# the CDF as a function and halve an interval until it is short enough.
#
# </details>
# <details><summary>Hint 2</summary>
#
# For the table: it needs one more height than there are pieces, since it begins with 0 at `lo`.
# Reading backwards means that heights are now the known side and places the wanted one; NumPy has a
# function for straight lines between table entries.
#
# </details>
# <details><summary>Hint 3: it works for one density and not for another</summary>
#
# Is your last height 1? If not, you have relied on a normalised density.
#
# </details>


# %%
def two_hills(t):
    """A density without a name, not normalised."""
    return np.exp(-8 * (t - 1) ** 2) + 0.6 * np.exp(-20 * (t - 2.2) ** 2)


with pending("the histogram of the two hills"):
    # Evenly spread heights instead of random ones: the picture then has no noise.
    drawn = invert_cdf_numeric(two_hills, 0.0, 3.0, (np.arange(600) + 0.5) / 600)
    t = np.linspace(0, 3, 150)
    curve = two_hills(t)
    fig, ax = plt.subplots(figsize=(6, 2.8))
    ax.hist(drawn, bins=40, range=(0, 3), **BARS, label="samples")
    ax.plot(t, curve / (3 * curve.mean()), "C1--", label="two_hills, normalised")
    ax.set(xlabel="t", ylabel="density", xticks=[0, 1, 2, 3], yticks=[0, 0.5, 1])
    ax.legend()

# %% [markdown]
# **Figure 7.** 600 samples from a density with two hills. Each hill must have its share. If the
# curve and the samples are shifted against each other, the table is off by one entry; if the right
# hill is missing or piled up at the end, the heights do not end at 1.

# %% [markdown]
# ## g · Two dimensions, one at a time
#
# The repair of part d has a name: the **Rosenblatt transform**. Draw $x$ from its marginal law,
# then $y$ from its law *given that* $x$:
#
# $$ F_X(x) = u_1, \qquad F_{Y|X}(y \mid x) = \frac{\int_0^y p(x, t)\, dt}{p_X(x)} = u_2 . $$
#
# Shapes: `u1 (N,)`, `u2 (N,)` → a pair `x (N,)`, `y (N,)`.
#
# **Worked example.** The uniform law on the triangle $0 < y < x < 1$ has $p = 2$. The marginal is
# $p_X(x) = 2x$, so $F_X(x) = x^2$ and $x = \sqrt{u_1}$. Given $x$, the variable $y$ is uniform on
# $(0, x)$, so $F_{Y|X} = y/x$ and $y = u_2\, x$.

# %%
for u1, u2 in ((0.25, 0.5), (0.81, 0.5), (0.81, 1.0)):
    print(f"u = ({u1}, {u2})  →  x = {np.sqrt(u1):.2f}, y = {u2 * np.sqrt(u1):.3f}")

# %% [markdown]
# The same $u_2 = 0.5$ gives different $y$, because $y$ is drawn *given* $x$.
#
# ### Exercise `rosenblatt`
#
# Now for the density $p(x, y) = x + y$ on the unit square. Both equations are quadratic: solve them
# on paper and code the roots. The checks allow an error of $10^{-6}$, for those who prefer to find
# the roots by iteration.
#
# **Predict first.** If $x$ is near 1, is $y$ pushed towards 0, towards 1, or left alone, compared
# with $x$ near 0?


# %% exercise="rosenblatt" points=3 title="The Rosenblatt transform"
def rosenblatt(u1, u2):
    """Return a sample (x, y) of the density x + y on the unit square, made from two uniforms.

    u1: number or array (N,), in [0, 1]; gives x by the marginal CDF of x.
    u2: the same shape; gives y by the conditional CDF of y given that x.
    Returns a pair (x, y), each shaped like u1, in [0, 1].
    """
    # solution
    # Marginal: (x² + x)/2 = u1. The other root is negative.
    x = (np.sqrt(1 + 8 * u1) - 1) / 2
    # Given x: (x·y + y²/2)/(x + 1/2) = u2. Not divided by the marginal, it would not end at 1.
    y = np.sqrt(x**2 + u2 * (2 * x + 1)) - x
    return x, y
    # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Marginal density: integrate $x + t$ over $t$ from 0 to 1. Integrate the result from 0 to $x$, and
# you have the equation for $x$.
#
# </details>
# <details><summary>Hint 2</summary>
#
# For the conditional CDF integrate $x + t$ over $t$ from 0 to $y$, then divide by the marginal
# density at that $x$. At $y = 1$ it must be 1.
#
# </details>
# <details><summary>Hint 3</summary>
#
# Each equation has one root in the unit square. A worked point: $x = 0.3$ and $u_2 = 0.5$ give
# $y = 0.643398$.
#
# </details>

# %%
with pending("the grid mapped by Rosenblatt"):
    ax = draw_grid(rosenblatt, [0.1, 0.3, 0.5, 0.7, 0.9])
    ax.set(xlabel="x", ylabel="y", xlim=(0, 1), ylim=(0, 1), xticks=[0, 1], yticks=[0, 1])

# %% [markdown]
# **Figure 8.** Lines of constant $u_1$ (solid) stay upright, since $x$ comes from $u_1$ alone.
# Lines of constant $u_2$ (dashed) must **bend**: they sink as $x$ grows, because the conditional
# density $(x + y)/(x + \frac12)$ prefers large $y$ less and less. (Was that your prediction?) Level
# dashed lines mean that $y$ was drawn from its marginal, without a look at $x$: two right
# marginals, and the dependence is lost.

# %% [markdown]
# ## h · Maps that can be stacked
#
# A **normalising flow** is a chain of invertible maps, each simple, together flexible. To know the
# density at the end, every map must tell how much it stretches. For $y = f(x)$ with the Jacobian
# matrix $J$,
#
# $$ \ln p_Y(y) = \ln p_X(x) - \ln |\det J(x)| . $$
#
# A transform is an object with three methods:
#
# | method | takes | returns |
# |---|---|---|
# | `forward(x)` | `(N,)` or `(N, D)` | $f(x)$, same shape |
# | `inverse(y)` | `(N,)` or `(N, D)` | $f^{-1}(y)$, same shape |
# | `log_abs_det(x)` | `(N,)` or `(N, D)` | $\ln\lvert\det J(x)\rvert$ of the **forward** map at $x$, shape `(N,)`: **one number per sample** |
#
# `(N,)` means $N$ samples of one dimension each; `(N, D)` means $N$ samples of $D$ dimensions. For
# a map that acts on every entry by itself the Jacobian is diagonal, so the logarithms of the $D$
# slopes are **summed over D**, never over the samples. One transform is given.


# %% tags=["setup"]
class Sinh:
    """y = sinh(rate · x) in every entry, with rate > 0: gentle in the middle, steep outside."""

    def __init__(self, rate=1.0):
        self.rate = rate

    def forward(self, x):
        """Return the image of x."""
        return np.sinh(self.rate * x)

    def inverse(self, y):
        """Return the x that is sent to y."""
        return np.arcsinh(y) / self.rate

    def log_abs_det(self, x):
        """Return the log of the slope at x, one number per sample."""
        logs = np.log(self.rate * np.cosh(self.rate * x))
        return logs if logs.ndim == 1 else logs.sum(axis=1)


# %% [markdown]
# **Worked example.** The slope by its formula, against a difference quotient. Do this with every
# transform you write.

# %%
sinh, x, step = Sinh(2.0), np.array([-1.0, 0.0, 0.5]), 1e-6
slopes = (sinh.forward(x + step) - sinh.forward(x - step)) / (2 * step)
print("log_abs_det       ", sinh.log_abs_det(x).round(6))
print("log of the slopes ", np.log(slopes).round(6))
print("three samples of two dimensions:", sinh.log_abs_det(np.zeros((3, 2))).round(6))

# %% [markdown]
# **Predict first.** A library for flows once had the sign of a log-determinant wrong, and its tests
# passed. They tried a single map, one like the pure shift $f(x) = x + 3$. Why did the tests see
# nothing?
#
# <details><summary>Compare with your guess</summary>
#
# A shift stretches nothing. Its slope is 1, the logarithm is 0, and $-0 = 0$. A test of a sign
# needs a value that is not zero: try a stretch, and not by 1.
#
# </details>

# %% [markdown]
# ### Exercise `Affine`
#
# Three methods for $y = \text{scale} \cdot x + \text{shift}$. The constructor is given.


# %% exercise="Affine" points=1.5 title="Affine"
class Affine:
    """y = scale · x + shift, entry by entry.

    scale, shift: both numbers, or both arrays (D,) with one entry per dimension. A scale may be
        negative, but never 0.
    """

    def __init__(self, scale, shift):
        # Own copies: an array that the caller changes later must not change the map.
        self.scale = np.array(scale, dtype=float)
        self.shift = np.array(shift, dtype=float)

    def forward(self, x):
        """Return y, shaped like x: (N,), or (N, D)."""
        # solution
        return self.scale * x + self.shift
        # end

    def inverse(self, y):
        """Return x, shaped like y: (N,), or (N, D)."""
        # solution
        # Undone in the opposite order: what was added last goes first.
        return (y - self.shift) / self.scale
        # end

    def log_abs_det(self, x):
        """Return the log of the absolute determinant of the forward map at x, shape (N,)."""
        # solution
        # A single scale counts once per dimension: spread it over the shape of x, then sum.
        logs = np.broadcast_to(np.log(np.abs(self.scale)), np.shape(x))
        # One column per dimension; the rows, which are the samples, are kept apart.
        return logs.reshape(len(logs), -1).sum(axis=1)
        # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The slope is the same everywhere, yet the answer has one entry per sample: `x` matters for its
# shape. Beware of the logarithm of a negative scale.
#
# </details>
# <details><summary>Hint 2</summary>
#
# A *number* as the scale, on samples of shape `(N, D)`, stretches every one of the $D$ dimensions.
# How often does its logarithm count?
#
# </details>

# %% [markdown]
# ### Exercise `Compose`
#
# For $f = f_2 \circ f_1$ the chain rule multiplies the determinants, so their logarithms add. Each
# is taken **at the point where its own map is applied**:
#
# $$ \ln|\det J_f(x)| = \ln|\det J_{f_1}(x)| + \ln|\det J_{f_2}(f_1(x))| . $$
#
# `Compose([f1, f2])` applies the **first in the list first**. It must work with any objects that
# have the three methods, another `Compose` among them.


# %% exercise="Compose" points=1.5 title="Compose"
class Compose:
    """Several transforms one after the other; the first in the list acts first.

    transforms: a list of at least one object with forward, inverse and log_abs_det.
    """

    def __init__(self, transforms):
        # A copy of the list, for the same reason as above.
        self.transforms = list(transforms)

    def forward(self, x):
        """Return the image of x, shaped like x: (N,), or (N, D)."""
        # solution
        for transform in self.transforms:
            x = transform.forward(x)
        return x
        # end

    def inverse(self, y):
        """Return the x that is sent to y, shaped like y."""
        # solution
        # Socks on before shoes, shoes off before socks.
        for transform in reversed(self.transforms):
            y = transform.inverse(y)
        return y
        # end

    def log_abs_det(self, x):
        """Return the log of the absolute determinant of the whole forward map at x, shape (N,)."""
        # solution
        total = np.zeros(len(x))
        for transform in self.transforms:
            total = total + transform.log_abs_det(x)
            # The next map sees the image, not the original: its slope is taken there.
            x = transform.forward(x)
        return total
        # end


# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Carry two things along the chain: the current point, and the sum so far.
#
# </details>
# <details><summary>Hint 2: my samples are right and my density is not</summary>
#
# Print the point at which each `log_abs_det` is evaluated. All but the first need an image, not the
# original `x`.
#
# </details>

# %%
with pending("the density of the flow"):
    flow = Compose([Affine(0.8, 0.5), Sinh(1.0), Affine(-1.0, 2.0)])
    z = np.linspace(-3, 3, 150)
    places = flow.forward(z)
    # ln p(y) = ln p(z) - log_abs_det(z), with the normal density for z.
    density = np.exp(-(z**2) / 2 - flow.log_abs_det(z)) / np.sqrt(2 * np.pi)
    drawn = flow.forward(np.random.default_rng(6).standard_normal(4000))
    fig, ax = plt.subplots(figsize=(6, 2.8))
    ax.hist(drawn, bins=50, range=(-4, 4), **BARS, label="samples through the flow")
    ax.plot(places, density, "C1--", label="density from log_abs_det")
    ax.set(xlabel="y", ylabel="density", xlim=(-4, 4), ylim=(0, 1))
    ax.set(xticks=[-4, -2, 0, 2, 4], yticks=[0, 0.5, 1])
    ax.legend(loc="upper left")

# %% [markdown]
# **Figure 9.** Normal samples through a flow of three maps, and the density that the
# log-determinants predict. The two are computed in different ways and must agree. A curve of the
# right shape and the wrong height: look at the sign of a log-determinant. A curve of the wrong
# shape: look at the points at which the log-determinants are taken.

# %% [markdown]
# ## Before you hand in
#
# - Both names stand in `MEMBERS`.
# - *Restart and run all* goes through without an error, and the outputs are stored in the notebook.
# - Every `check` passes, or you know why not.
# - Questions a, b, d and e have an answer; every figure of yours has a sentence below it.
# - The notebook and its PDF are both in the hand-in.
#
# One thread leads on from here. A language model is a Rosenblatt transform with very many
# coordinates: it draws the first token, then the second given the first, then the third given both,
# and each draw is an inverse CDF applied to one uniform number, only that the law has finitely many
# places to land on.
