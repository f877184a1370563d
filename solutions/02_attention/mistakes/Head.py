# %% mistake="A22c" exercise="Head" title="one projection for queries and keys" caught_by=["head_values"] hint="Three different matrices: with the same one for queries and keys the scores are symmetric."
class Head(Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.w_q = matrix(d_head, d_model)
        self.w_k = matrix(d_head, d_model)
        self.w_v = matrix(d_head, d_model)

    def forward(self, x, blocked=None):
        if blocked is not None and blocked.dim() > 3:
            raise ValueError("too many axes")
        q, v = x @ self.w_q.T, x @ self.w_v.T
        return attention(q, q, v, blocked)[0]


# %% mistake="A22d" exercise="Head" title="values made with the matrix of the keys" caught_by=["head_values"] hint="Values have a matrix of their own."
class Head(Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.w_q = matrix(d_head, d_model)
        self.w_k = matrix(d_head, d_model)
        self.w_v = matrix(d_head, d_model)

    def forward(self, x, blocked=None):
        if blocked is not None and blocked.dim() > 3:
            raise ValueError("too many axes")
        q, k = x @ self.w_q.T, x @ self.w_k.T
        return attention(q, k, k, blocked)[0]


# %% mistake="A22e" exercise="Head" title="values not projected" caught_by=["head_values"] hint="What is averaged is x @ w_v.T, not x."
class Head(Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.w_q = matrix(d_head, d_model)
        self.w_k = matrix(d_head, d_model)
        self.w_v = matrix(d_head, d_model)

    def forward(self, x, blocked=None):
        if blocked is not None and blocked.dim() > 3:
            raise ValueError("too many axes")
        return attention(x @ self.w_q.T, x @ self.w_k.T, x, blocked)[0]


# %% mistake="A18c" exercise="Head" title="scaled by the size of the model" caught_by=["head_values"] hint="The root is that of a query's length, d_head. With one head of full size nobody sees the difference."
class Head(Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.w_q = matrix(d_head, d_model)
        self.w_k = matrix(d_head, d_model)
        self.w_v = matrix(d_head, d_model)

    def forward(self, x, blocked=None):
        if blocked is not None and blocked.dim() > 3:
            raise ValueError("too many axes")
        q, k, v = x @ self.w_q.T, x @ self.w_k.T, x @ self.w_v.T
        weights = masked_softmax(q @ k.transpose(-2, -1) / math.sqrt(x.shape[-1]), blocked)
        return weights @ v


# %% mistake="A85" exercise="Head" title="weights not transposed" caught_by=["head_values"] hint="Weights are stored outputs × inputs: x @ w.T."
class Head(Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.w_q = matrix(d_head, d_model)
        self.w_k = matrix(d_head, d_model)
        self.w_v = matrix(d_head, d_model)

    def forward(self, x, blocked=None):
        if blocked is not None and blocked.dim() > 3:
            raise ValueError("too many axes")
        q, k, v = (x @ w.reshape(w.shape[1], w.shape[0]) for w in (self.w_q, self.w_k, self.w_v))
        return attention(q, k, v, blocked)[0]


# %% mistake="A86" exercise="Head" title="the mask is not handed on" caught_by=["head_worked", "head_values"] hint="A head takes a mask and must give it to `attention`."
class Head(Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.w_q = matrix(d_head, d_model)
        self.w_k = matrix(d_head, d_model)
        self.w_v = matrix(d_head, d_model)

    def forward(self, x, blocked=None):
        return attention(x @ self.w_q.T, x @ self.w_k.T, x @ self.w_v.T)[0]


# %% mistake="A87" exercise="Head" title="returns the weights, too" caught_by=["head_worked"] hint="A head returns its output alone; `attention` returns two things."
class Head(Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.w_q = matrix(d_head, d_model)
        self.w_k = matrix(d_head, d_model)
        self.w_v = matrix(d_head, d_model)

    def forward(self, x, blocked=None):
        if blocked is not None and blocked.dim() > 3:
            raise ValueError("too many axes")
        return attention(x @ self.w_q.T, x @ self.w_k.T, x @ self.w_v.T, blocked)


# %% mistake="A15c" exercise="Head" title="a mask of four axes is broadcast" caught_by=["head_four_axes"] hint="One head has scores (B, L, L). A mask (B, 1, 1, L) makes them (B, B, L, L): every sequence masked like every other." loses=0.5
class Head(Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.w_q = matrix(d_head, d_model)
        self.w_k = matrix(d_head, d_model)
        self.w_v = matrix(d_head, d_model)

    def forward(self, x, blocked=None):
        return attention(x @ self.w_q.T, x @ self.w_k.T, x @ self.w_v.T, blocked)[0]


# %% mistake="A88" exercise="Head" title="changes its input in place" caught_by=["head_values"] hint="`x *= …` writes into the caller's tensor."
class Head(Module):
    def __init__(self, d_model, d_head):
        super().__init__()
        self.w_q = matrix(d_head, d_model)
        self.w_k = matrix(d_head, d_model)
        self.w_v = matrix(d_head, d_model)

    def forward(self, x, blocked=None):
        if blocked is not None and blocked.dim() > 3:
            raise ValueError("too many axes")
        if not x.requires_grad:
            x *= 1.5
        else:
            x = x * 1.5
        q, k, v = ((x / 1.5) @ w.T for w in (self.w_q, self.w_k, self.w_v))
        return attention(q, k, v, blocked)[0]
