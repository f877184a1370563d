# %% variant="G6-attention_matmuls" exercise="attention_matmuls" title="lists, built step by step"
def attention_matmuls(context, inputs, head, outputs):
    x = [context, inputs]
    projections = [[x, [inputs, size]] for size in (head, head, outputs)]
    scores = [[context, head], [head, context]]
    return [*projections, scores, [[context, context], [context, outputs]]]


# %% variant="G6b-attention_matmuls" exercise="attention_matmuls" title="an array"
def attention_matmuls(C, I, H, O):
    return torch.tensor(
        [
            [[C, I], [I, H]],
            [[C, I], [I, H]],
            [[C, I], [I, O]],
            [[C, H], [H, C]],
            [[C, C], [C, O]],
        ]
    )
