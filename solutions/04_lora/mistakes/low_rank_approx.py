# %% mistake="L22" exercise="low_rank_approx" title="without the singular values" caught_by=["low_rank_worked", "low_rank_optimal"] hint="The directions are right, their sizes are missing: multiply by the singular values once."
def low_rank_approx(W, r):
    if not 1 <= r <= min(W.shape):
        raise ValueError("no such rank")
    U, S, Vh = torch.linalg.svd(W, full_matrices=False)
    return U[:, :r], Vh[:r]


# %% mistake="L22b" exercise="low_rank_approx" title="the third matrix is taken for V" caught_by=["low_rank_worked", "low_rank_optimal"] hint="`torch.linalg.svd` returns V transposed: its rows are the directions."
def low_rank_approx(W, r):
    if not 1 <= r <= min(W.shape):
        raise ValueError("no such rank")
    U, S, Vh = torch.linalg.svd(W)
    return U[:, :r] * S[:r], Vh[:, :r].T


# %% mistake="L22c" exercise="low_rank_approx" title="the singular values on both sides" caught_by=["low_rank_worked", "low_rank_optimal"] hint="They belong into the product once: on one side, or their root on both."
def low_rank_approx(W, r):
    if not 1 <= r <= min(W.shape):
        raise ValueError("no such rank")
    U, S, Vh = torch.linalg.svd(W, full_matrices=False)
    return U[:, :r] * S[:r], S[:r, None] * Vh[:r]


# %% mistake="L22d" exercise="low_rank_approx" title="the smallest directions instead of the largest" caught_by=["low_rank_worked", "low_rank_optimal"] hint="`eigh` sorts upwards; the best approximation keeps what is largest."
def low_rank_approx(W, r):
    if not 1 <= r <= min(W.shape):
        raise ValueError("no such rank")
    _, V = torch.linalg.eigh(W.T @ W)
    return W @ V[:, :r], V[:, :r].T


# %% mistake="L22e" exercise="low_rank_approx" title="the first columns of W itself" caught_by=["low_rank_optimal", "low_rank_beats_all"] hint="The first columns span a space of the right size; the best space is another one."
def low_rank_approx(W, r):
    if not 1 <= r <= min(W.shape):
        raise ValueError("no such rank")
    Q, _ = torch.linalg.qr(W[:, :r])
    return Q, Q.T @ W


# %% mistake="L22f" exercise="low_rank_approx" title="a rank that is too large is cut without a word" caught_by=["low_rank_bounds"] hint="An (m, n) matrix has no rank above min(m, n): raise ValueError."
def low_rank_approx(W, r):
    U, S, Vh = torch.linalg.svd(W, full_matrices=False)
    return U[:, :r] * S[:r], Vh[:r]


# %% mistake="L22g" exercise="low_rank_approx" title="always in double precision" caught_by=["low_rank_single"] hint="The factors have the dtype of W."
def low_rank_approx(W, r):
    if not 1 <= r <= min(W.shape):
        raise ValueError("no such rank")
    U, S, Vh = torch.linalg.svd(W.double(), full_matrices=False)
    return U[:, :r] * S[:r], Vh[:r]


# %% mistake="L22h" exercise="low_rank_approx" title="the product instead of its factors" caught_by=["low_rank_worked"] hint="Return A and B: their product has as many numbers as W itself."
def low_rank_approx(W, r):
    if not 1 <= r <= min(W.shape):
        raise ValueError("no such rank")
    U, S, Vh = torch.linalg.svd(W, full_matrices=False)
    return U[:, :r] * S[:r] @ Vh[:r]


# %% mistake="L22i" exercise="low_rank_approx" title="the matrix it is given is changed" caught_by=["low_rank_worked"] hint="`W -= …` writes into the caller's matrix."
def low_rank_approx(W, r):
    if not 1 <= r <= min(W.shape):
        raise ValueError("no such rank")
    columns, rows = [], []
    for _ in range(r):
        U, S, Vh = torch.linalg.svd(W, full_matrices=False)
        columns.append(U[:, 0] * S[0])
        rows.append(Vh[0])
        W -= torch.outer(columns[-1], rows[-1])
    return torch.stack(columns, 1), torch.stack(rows)
