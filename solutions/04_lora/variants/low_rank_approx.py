# %% variant="LW9a" exercise="low_rank_approx" title="the root of the singular values on both sides"
def low_rank_approx(W, r):
    if r < 1 or r > min(W.shape):
        raise ValueError(f"rank {r}")
    U, S, Vh = torch.linalg.svd(W, full_matrices=False)
    root = S[:r].sqrt()
    return U[:, :r] * root, root[:, None] * Vh[:r, :]


# %% variant="LW9b" exercise="low_rank_approx" title="the singular values in B, as a diagonal matrix"
def low_rank_approx(W, r):
    if r < 1 or r > min(W.shape):
        raise ValueError(f"rank {r}")
    U, S, V = torch.svd(W)
    return U[:, :r], torch.diag(S[:r]) @ V[:, :r].T


# %% variant="LW9c" exercise="low_rank_approx" title="W projected on its best directions"
def low_rank_approx(W, r):
    if r < 1 or r > min(W.shape):
        raise ValueError(f"rank {r}")
    U, _, _ = torch.linalg.svd(W)
    return U[:, :r], U[:, :r].T @ W


# %% variant="LW9d" exercise="low_rank_approx" title="any A R and R^-1 B, with the signs turned"
def low_rank_approx(W, r):
    if r < 1 or r > min(W.shape):
        raise ValueError(f"rank {r}")
    U, S, Vh = torch.linalg.svd(W, full_matrices=False)
    turn = -2 * torch.eye(r, dtype=W.dtype).flip(0)
    return [U[:, :r] * S[:r] @ turn, torch.linalg.inv(turn) @ Vh[:r]]


# %% variant="LW9e" exercise="low_rank_approx" title="one term after the other, in numpy"
def low_rank_approx(W, r):
    if r < 1 or r > min(W.shape):
        raise ValueError(f"rank {r}")
    import numpy as np

    left, columns, rows = W.detach().numpy().copy(), [], []
    for _ in range(r):
        U, S, Vh = np.linalg.svd(left)
        columns.append(S[0] * U[:, 0])
        rows.append(Vh[0])
        left -= np.outer(columns[-1], rows[-1])
    return np.stack(columns, 1), np.stack(rows)


# %% variant="LW9f" exercise="low_rank_approx" title="from the eigenvectors of W^T W, in double precision inside"
def low_rank_approx(W, r):
    class TooLarge(ValueError):
        pass

    if r not in range(1, min(W.shape) + 1):
        raise TooLarge
    big = W.double()
    _, V = torch.linalg.eigh(big.T @ big)
    best = V[:, -r:]
    return (big @ best).to(W.dtype), best.T.to(W.dtype)
