# %% mistake="A81" exercise="attention_matmuls" title="values of the size of a query" caught_by=["matmuls_worked"] hint="Queries and keys share their size; a value has one of its own."
def attention_matmuls(C, I, H, O):
    return [((C, I), (I, H))] * 3 + [((C, H), (H, C)), ((C, C), (C, H))]


# %% mistake="A82" exercise="attention_matmuls" title="keys not transposed" caught_by=["matmuls_worked"] hint="The columns of the first factor are the rows of the second: (C, H) times (C, H) is no product."
def attention_matmuls(C, I, H, O):
    return [
        ((C, I), (I, H)),
        ((C, I), (I, H)),
        ((C, I), (I, O)),
        ((C, H), (C, H)),
        ((C, C), (C, O)),
    ]


# %% mistake="A83" exercise="attention_matmuls" title="weights on the left, as for columns" caught_by=["matmuls_worked"] hint="Tokens are rows here: the context stands on the left."
def attention_matmuls(C, I, H, O):
    return [
        ((H, I), (I, C)),
        ((H, I), (I, C)),
        ((O, I), (I, C)),
        ((C, H), (H, C)),
        ((O, C), (C, C)),
    ]


# %% mistake="A84" exercise="attention_matmuls" title="the shapes of the results" caught_by=["matmuls_worked"] hint="Both factors of each product are asked for, not the product."
def attention_matmuls(C, I, H, O):
    return [(C, H), (C, H), (C, O), (C, C), (C, O)]
