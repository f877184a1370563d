# %% mistake="A100" exercise="FeedForward" title="no bend in the middle" caught_by=["feed_forward_worked", "feed_forward_values"] hint="Without the GELU the two linear maps are one."
class FeedForward(Module):
    def __init__(self, d_model, d_hidden=None):
        super().__init__()
        d_hidden = d_hidden or 4 * d_model
        self.w_1 = matrix(d_hidden, d_model)
        self.b_1 = bias(d_hidden)
        self.w_2 = matrix(d_model, d_hidden)
        self.b_2 = bias(d_model)

    def forward(self, x):
        return F.linear(F.linear(x, self.w_1, self.b_1), self.w_2, self.b_2)


# %% mistake="A101" exercise="FeedForward" title="ReLU instead of GELU" caught_by=["feed_forward_worked", "feed_forward_values"] hint="The original had max(x, 0); here it is the GELU."
class FeedForward(Module):
    def __init__(self, d_model, d_hidden=None):
        super().__init__()
        d_hidden = d_hidden or 4 * d_model
        self.w_1 = matrix(d_hidden, d_model)
        self.b_1 = bias(d_hidden)
        self.w_2 = matrix(d_model, d_hidden)
        self.b_2 = bias(d_model)

    def forward(self, x):
        return F.linear(F.relu(F.linear(x, self.w_1, self.b_1)), self.w_2, self.b_2)


# %% mistake="A102" exercise="FeedForward" title="GELU after the second map, too" caught_by=["feed_forward_values"] hint="One bend, in the middle."
class FeedForward(Module):
    def __init__(self, d_model, d_hidden=None):
        super().__init__()
        d_hidden = d_hidden or 4 * d_model
        self.w_1 = matrix(d_hidden, d_model)
        self.b_1 = bias(d_hidden)
        self.w_2 = matrix(d_model, d_hidden)
        self.b_2 = bias(d_model)

    def forward(self, x):
        return F.gelu(F.linear(F.gelu(F.linear(x, self.w_1, self.b_1)), self.w_2, self.b_2))


# %% mistake="A103" exercise="FeedForward" title="biases not used" caught_by=["feed_forward_worked"] hint="Both maps have a bias."
class FeedForward(Module):
    def __init__(self, d_model, d_hidden=None):
        super().__init__()
        d_hidden = d_hidden or 4 * d_model
        self.w_1 = matrix(d_hidden, d_model)
        self.b_1 = bias(d_hidden)
        self.w_2 = matrix(d_model, d_hidden)
        self.b_2 = bias(d_model)

    def forward(self, x):
        return F.linear(F.gelu(F.linear(x, self.w_1)), self.w_2)


# %% mistake="A104" exercise="FeedForward" title="not wider than the input" caught_by=["feed_forward_size"] hint="Four times wider unless told otherwise."
class FeedForward(Module):
    def __init__(self, d_model, d_hidden=None):
        super().__init__()
        d_hidden = d_hidden or d_model
        self.w_1 = matrix(d_hidden, d_model)
        self.b_1 = bias(d_hidden)
        self.w_2 = matrix(d_model, d_hidden)
        self.b_2 = bias(d_model)

    def forward(self, x):
        return F.linear(F.gelu(F.linear(x, self.w_1, self.b_1)), self.w_2, self.b_2)


# %% mistake="A105" exercise="FeedForward" title="d_hidden ignored" caught_by=["feed_forward_worked"] hint="d_hidden is an argument; 4·d_model is what it is if nobody says."
class FeedForward(Module):
    def __init__(self, d_model, d_hidden=None):
        super().__init__()
        d_hidden = 4 * d_model
        self.w_1 = matrix(d_hidden, d_model)
        self.b_1 = bias(d_hidden)
        self.w_2 = matrix(d_model, d_hidden)
        self.b_2 = bias(d_model)

    def forward(self, x):
        return F.linear(F.gelu(F.linear(x, self.w_1, self.b_1)), self.w_2, self.b_2)


# %% mistake="A106" exercise="FeedForward" title="a shortcut inside" caught_by=["feed_forward_worked", "feed_forward_values"] hint="The shortcut belongs to the block; here it would be added twice."
class FeedForward(Module):
    def __init__(self, d_model, d_hidden=None):
        super().__init__()
        d_hidden = d_hidden or 4 * d_model
        self.w_1 = matrix(d_hidden, d_model)
        self.b_1 = bias(d_hidden)
        self.w_2 = matrix(d_model, d_hidden)
        self.b_2 = bias(d_model)

    def forward(self, x):
        return x + F.linear(F.gelu(F.linear(x, self.w_1, self.b_1)), self.w_2, self.b_2)
