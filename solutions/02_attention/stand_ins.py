# %% stand_in="causal_mask"
def causal_mask(length, device=None, **_):
    import torch

    additive = torch.nn.Transformer.generate_square_subsequent_mask(length, device=device)
    return torch.isinf(additive)


# %% stand_in="masked_softmax"
def masked_softmax(scores, blocked=None, dim=-1, **_):
    import torch

    rows = scores.movedim(dim, -1)
    rows = rows if rows.dim() > 1 else rows[None]
    size = rows.shape[-1]
    if blocked is not None:
        blocked = ~torch.broadcast_to(blocked, scores.shape).movedim(dim, -1).reshape(rows.shape)
    # Attention with unit vectors as keys and values: the scores go in, their softmax comes out.
    units = torch.eye(size, dtype=rows.dtype, device=rows.device).expand(*rows.shape[:-2], -1, -1)
    found = torch.nn.functional.scaled_dot_product_attention(
        rows, units, units, attn_mask=blocked, scale=1.0
    )
    return found.reshape(scores.movedim(dim, -1).shape).movedim(-1, dim)


# %% stand_in="attention"
def attention(q, k, v, blocked=None, **_):
    import torch

    library = torch.nn.functional.scaled_dot_product_attention
    seen = None if blocked is None else ~blocked
    # The library wants the same axes in front of all; the text lets them broadcast.
    fronts = [tensor.shape[:-2] for tensor in (q, k, v)]
    fronts += [] if blocked is None else [blocked.shape[:-2]]
    front = torch.broadcast_shapes(*fronts)
    q, k, v = (tensor.expand(*front, *tensor.shape[-2:]) for tensor in (q, k, v))
    units = torch.eye(k.shape[-2], dtype=k.dtype, device=k.device).expand(*front, -1, -1)
    return library(q, k, v, attn_mask=seen), library(q, k, units, attn_mask=seen)


# %% stand_in="MultiHeadAttention"
import torch


class MultiHeadAttention(torch.nn.Module):
    def __init__(self, d_model, n_heads, **_):
        super().__init__()
        if d_model % n_heads:
            raise ValueError("the heads do not divide the features")
        self.n_heads = n_heads
        for name in ("w_q", "w_k", "w_v", "w_o"):
            weight = torch.nn.Linear(d_model, d_model).weight
            self.register_parameter(name, torch.nn.Parameter(weight.detach()))
        self.b_o = torch.nn.Parameter(torch.zeros(d_model))

    def load(self, weights):
        for name, value in weights.items():
            self.get_parameter(name).data = value.detach().clone()

    def forward(self, x, blocked=None, **_):
        batch, length, size = x.shape
        if blocked is not None:
            shape = (batch, self.n_heads, length, length)
            blocked = torch.broadcast_to(blocked, shape).flatten(0, 1)
        by_length = x.transpose(0, 1)
        out, _ = torch.nn.functional.multi_head_attention_forward(
            by_length,
            by_length,
            by_length,
            size,
            self.n_heads,
            torch.cat([self.w_q, self.w_k, self.w_v]),
            None,
            None,
            None,
            False,
            0.0,
            self.w_o,
            self.b_o,
            need_weights=False,
            attn_mask=blocked,
        )
        return out.transpose(0, 1)


# %% stand_in="LayerNorm"
import torch


class LayerNorm(torch.nn.LayerNorm):
    def load(self, weights):
        for name, value in weights.items():
            self.get_parameter(name).data = value.detach().clone()


# %% stand_in="FeedForward"
import torch


class FeedForward(torch.nn.Sequential):
    def __init__(self, d_model, d_hidden=None, **_):
        d_hidden = d_hidden or 4 * d_model
        into, back = torch.nn.Linear(d_model, d_hidden), torch.nn.Linear(d_hidden, d_model)
        super().__init__(into, torch.nn.GELU(), back)

    def load(self, weights):
        places = {"w_1": "0.weight", "b_1": "0.bias", "w_2": "2.weight", "b_2": "2.bias"}
        for name, value in weights.items():
            self.get_parameter(places[name]).data = value.detach().clone()


# %% stand_in="Block"
import torch


class Block(torch.nn.Module):
    def __init__(self, d_model, n_heads, norm="pre", **_):
        super().__init__()
        if norm not in ("pre", "post"):
            raise ValueError("norm must be 'pre' or 'post'")
        self.n_heads = n_heads
        self.layer = torch.nn.TransformerEncoderLayer(
            d_model,
            n_heads,
            4 * d_model,
            dropout=0.0,
            activation="gelu",
            batch_first=True,
            norm_first=norm == "pre",
        )
        # Queries, keys and values have no biases here.
        self.layer.self_attn.register_parameter("in_proj_bias", None)

    def load(self, weights):
        places = {
            "attn.w_o": "self_attn.out_proj.weight",
            "attn.b_o": "self_attn.out_proj.bias",
            "ff.w_1": "linear1.weight",
            "ff.b_1": "linear1.bias",
            "ff.w_2": "linear2.weight",
            "ff.b_2": "linear2.bias",
        }
        joined = self.layer.self_attn.in_proj_weight
        for name, value in weights.items():
            if name in ("attn.w_q", "attn.w_k", "attn.w_v"):
                parts = list(joined.detach().to(value.dtype).chunk(3))
                parts["qkv".index(name[-1])] = value.detach()
                joined.data = torch.cat(parts)
            else:
                self.layer.get_parameter(places.get(name, name)).data = value.detach().clone()

    def forward(self, x, blocked=None, **_):
        if blocked is not None and blocked.dim() > 2:
            shape = (len(x), self.n_heads, x.shape[1], x.shape[1])
            blocked = torch.broadcast_to(blocked, shape).flatten(0, 1)
        return self.layer(x, src_mask=blocked)
