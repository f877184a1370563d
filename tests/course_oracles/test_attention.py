"""The reference of the attention notebook against torch's own layers and the documents' numbers."""

import contextlib
import io
import math
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own habit
from torch import nn

from grader.checks.reference import as_object, load_namespace
from grader.checks.session import Suite, with_suite
from grader.local import local_submission
from grader.model import Outcome
from grader.notebook.authoring import read_draft
from grader.notebook.source import Cell, read_cells, with_solution

ROOT = Path(__file__).parents[2]
SOLUTION = ROOT / "solutions" / "02_attention"
CELLS = read_cells(SOLUTION / "solution.py")
STAND_INS = {
    cell.metadata["stand_in"]: cell.source
    for cell in read_cells(SOLUTION / "stand_ins.py")
    if cell.kind == "code"
}
CATALOGUE = [
    cell
    for file in sorted(SOLUTION.glob("*s/*.py"))
    for cell in read_cells(file)
    if cell.kind == "code"
]
B, H, L, D = 2, 3, 5, 21


@pytest.fixture(scope="module")
def ours() -> SimpleNamespace:
    return as_object(load_namespace("reference", sources()))


@pytest.fixture(autouse=True)
def _same_numbers() -> None:
    torch.manual_seed(0)


def title(cell: Cell) -> str:
    kind = "mistake" if "mistake" in cell.metadata else "variant"
    return f"{kind} {cell.metadata[kind]}"


def sources() -> list[str]:
    return [with_solution(cell.source) for cell in CELLS if cell.is_reference]


def doubles(*shape: int) -> Any:
    return torch.randn(*shape, dtype=torch.float64)


def near(got: Any, wanted: Any, error: float = 1e-10) -> None:
    wanted = torch.as_tensor(wanted, dtype=torch.float64)
    torch.testing.assert_close(got.detach().double(), wanted, rtol=error, atol=error)


def some_mask(*shape: int) -> Any:
    mask = torch.rand(*shape) < 0.5
    mask[..., 0] = False
    return mask


# The reference against torch


def test_attention_is_torchs(ours: SimpleNamespace) -> None:
    q, k, v = doubles(B, H, 3, 7), doubles(B, H, L, 7), doubles(B, H, L, 2)
    for blocked in (None, some_mask(3, L), some_mask(B, 1, 1, L), torch.ones(3, L) == 1):
        out, weights = ours.attention(q, k, v, blocked)
        mask = None if blocked is None else ~blocked
        near(out, F.scaled_dot_product_attention(q, k, v, mask))
        near(weights @ v, out)


def test_masked_softmax_passes_gradcheck(ours: SimpleNamespace) -> None:
    blocked = some_mask(3, L)
    blocked[1] = True
    scores = doubles(3, L).requires_grad_()
    assert torch.autograd.gradcheck(lambda s: ours.masked_softmax(s, blocked), scores)
    assert torch.autograd.gradcheck(lambda s: ours.masked_softmax(s, blocked, 0), scores)


def test_attention_passes_gradcheck(ours: SimpleNamespace) -> None:
    inputs = [doubles(*shape).requires_grad_() for shape in ((3, 2), (L, 2), (L, 4))]
    assert torch.autograd.gradcheck(lambda *qkv: ours.attention(*qkv, some_fixed(3, L)), inputs)


def some_fixed(rows: int, columns: int) -> Any:
    return torch.arange(columns)[None, :] > torch.arange(rows)[:, None]


def library_heads(module: Any) -> nn.MultiheadAttention:
    """Return torch's layer with the weights of ours."""
    found = nn.MultiheadAttention(D, H, batch_first=True, dtype=torch.float64)
    found.in_proj_weight.data = torch.cat([module.w_q, module.w_k, module.w_v]).detach().double()
    found.in_proj_bias.data.zero_()
    found.out_proj.weight.data = module.w_o.detach().double()
    found.out_proj.bias.data = module.b_o.detach().double()
    return found


def test_heads_are_torchs(ours: SimpleNamespace) -> None:
    heads, x = ours.MultiHeadAttention(D, H).double(), doubles(B, L, D)
    nn.init.normal_(heads.b_o)
    blocked = some_mask(B, 1, 1, L) | some_fixed(L, L)
    full = blocked.expand(B, H, L, L).flatten(0, 1)
    wanted, _ = library_heads(heads)(x, x, x, attn_mask=full)
    near(heads(x, blocked), wanted)


def test_one_head_is_several(ours: SimpleNamespace) -> None:
    head, heads = ours.Head(D, D).double(), ours.MultiHeadAttention(D, 1).double()
    weights = dict(head.named_parameters())
    heads.load({**weights, "w_o": torch.eye(D).double(), "b_o": torch.zeros(D).double()})
    x = doubles(B, L, D)
    near(heads(x, some_fixed(L, L)), head(x, some_fixed(L, L)))


def test_layer_norm_is_torchs(ours: SimpleNamespace) -> None:
    norm, x = ours.LayerNorm(7, 0.1).double(), doubles(B, L, 7)
    nn.init.normal_(norm.weight)
    near(norm(x), F.layer_norm(x, (7,), norm.weight, norm.bias, 0.1))
    assert torch.autograd.gradcheck(norm, doubles(2, 7).requires_grad_())


@pytest.mark.parametrize("norm", ["pre", "post"])
def test_a_block_is_torchs_layer(ours: SimpleNamespace, norm: str) -> None:
    block, x = ours.Block(D, H, norm).double(), doubles(B, L, D)
    theirs = nn.TransformerEncoderLayer(
        D, H, 4 * D, 0.0, F.gelu, batch_first=True, norm_first=norm == "pre", dtype=torch.float64
    )
    theirs.self_attn = library_heads(block.attn)
    for name in ("1", "2"):
        linear = getattr(theirs, f"linear{name}")
        linear.weight, linear.bias = getattr(block.ff, f"w_{name}"), getattr(block.ff, f"b_{name}")
    near(block(x, some_fixed(L, L)), theirs(x, src_mask=some_fixed(L, L)))


def test_the_loss_is_torchs(ours: SimpleNamespace) -> None:
    logits, labels = doubles(B, L, 11), torch.randint(11, (B, L))
    labels[0, 3:] = -100
    wanted = F.cross_entropy(logits[:, :-1].transpose(1, 2), labels[:, 1:])
    near(ours.next_token_loss(logits, labels), wanted)


def test_the_embedding_is_torchs(ours: SimpleNamespace) -> None:
    weight, ids = doubles(11, 7), torch.randint(11, (B, L))
    near(ours.embedding_as_matmul(weight, ids), F.embedding(ids, weight))


def test_padding_is_torchs(ours: SimpleNamespace) -> None:
    seqs = [[3, 1, 4], [1], [5, 9]]
    ids, mask, labels = ours.pad_batch(seqs, seqs, 7)
    tensors = [torch.tensor(seq) for seq in seqs]
    pad = nn.utils.rnn.pad_sequence
    assert ids.equal(pad(tensors, batch_first=True, padding_value=7))
    assert labels.equal(pad(tensors, batch_first=True, padding_value=-100))
    assert mask.sum(1).tolist() == [3, 1, 2]


def test_the_model_cannot_see_its_future(ours: SimpleNamespace) -> None:
    model = ours.TinyGPT(11, D, H, 2, 7).double()
    logits = model(torch.tensor([[1, 2, 3, 4, 5]]))
    for t in range(5):
        [slope] = torch.autograd.grad(logits[0, t].max(), model.pos_emb.weight, retain_graph=True)
        assert (slope[t + 1 :] == 0).all()
        assert (slope[: t + 1].abs().sum(-1) > 0).all()
    count = 11 * D + 7 * D + 2 * (12 * D * D + 10 * D) + 2 * D
    assert sum(p.numel() for p in model.parameters()) == count


# The reference against the numbers of the documents


def test_softmax_numbers(ours: SimpleNamespace) -> None:
    scores = torch.tensor([0.1, -0.2, -0.3, 0.2, 0.5], dtype=torch.float64)
    first = ours.masked_softmax(scores)
    near(first, [0.199675, 0.147923, 0.133846, 0.220675, 0.297880], 1e-6)
    tenfold = ours.masked_softmax(10 * scores)
    near(tenfold, [0.0171278, 0.000852744, 0.000313707, 0.0465582, 0.935148], 2e-6)
    for weights, norm in ((first, 0.4033), (tenfold, 0.1012)):
        jacobian = torch.diag(weights) - torch.outer(weights, weights)
        near(torch.linalg.norm(jacobian), norm, 1e-3)


def test_sentence_numbers(ours: SimpleNamespace) -> None:
    table, future = ours.TABLE, some_fixed(7, 7)
    out, weights = ours.attention(table, table, table, future)
    near(weights[1, :2], [0.489898, 0.510102], 1e-6)
    last = [0.106883, 0.115881, 0.154661, 0.133103, 0.147680, 0.161040, 0.180751]
    near(weights[6], last, 1e-6)
    near(out[0], [0.1, 0.0, 0.3])
    near(out[1], [0.151010, 0.051010, 0.351010], 1e-6)
    near(out[6], [0.323827, 0.481586, 0.343507], 1e-6)
    near(ours.attention(table, table, table)[0][0], [0.317805, 0.423405, 0.363618], 1e-6)
    unscaled = ours.masked_softmax(table @ table.T)[6, :2]
    near(unscaled, [0.084904, 0.097663], 1e-6)
    cut = ours.attention(table, table, table)[1] * ~future
    near(cut.sum(-1), [0.140, 0.274, 0.399, 0.580, 0.704, 0.828, 1], 1e-3)


def test_norm_numbers(ours: SimpleNamespace) -> None:
    x = torch.tensor([1.0, 2.0, 3.0, 4.0], dtype=torch.float64)
    near(ours.LayerNorm(4)(x), [-1.341635, -0.447212, 0.447212, 1.341635], 1e-6)
    near(ours.LayerNorm(4, 0.1)(x)[3], 1.290994, 1e-6)
    x = torch.tensor([1.0, 2.0, 4.0], dtype=torch.float64, requires_grad=True)
    ours.LayerNorm(3)(x)[0].backward()
    near(x.grad, [0.2291, -0.3436, 0.1145], 1e-3)


def test_position_numbers(ours: SimpleNamespace) -> None:
    rows = [[0, 1, 0, 1], [0.841471, 0.540302, 0.01, 0.99995]]
    near(
        ours.sinusoidal_positions(3, 4),
        [*rows, [0.909297, -0.416147, 0.019999, 0.9998]],
        2e-6,
    )
    wide = ours.sinusoidal_positions(1011, 500).double()
    near(wide[[1000, 1001, 1010]] @ wide[1000], [250, 243.258261, 169.695752], 1e-5)


def test_loss_numbers(ours: SimpleNamespace) -> None:
    given = torch.tensor([0.7, 0.6, 0.5, 0.4, 0.7, 0.6, 0.9], dtype=torch.float64)
    losses = [
        ours.next_token_loss(torch.tensor([[[math.log(p), math.log(1 - p)], [0, 0]]]), TARGET)
        for p in given.tolist()
    ]
    wanted = [0.356675, 0.510826, 0.693147, 0.916291, 0.356675, 0.510826, 0.105361]
    near(torch.stack(losses), wanted, 1e-5)
    mean = torch.stack(losses).double().mean()
    near(torch.stack([7 * mean, mean, mean.exp()]), [3.449800, 0.492829, 1.636940], 1e-5)
    near(given.prod(), 0.031752, 1e-6)
    five = [0.236663, 0.290481, 0.116308, 0.131202, 0.225346]
    logits = torch.tensor([[five, five]], dtype=torch.float64).log()
    loss = ours.next_token_loss(logits, TARGET)
    near(torch.stack([loss, loss / math.log(2)]), [1.441117, 2.079093], 1e-5)


TARGET = torch.tensor([[1, 0]])


def test_product_shapes(ours: SimpleNamespace) -> None:
    found = ours.attention_matmuls(9, 5, 3, 2)
    rows = [(9, 5, 3), (9, 5, 3), (9, 5, 2), (9, 3, 9), (9, 9, 2)]
    assert [(a, b) for a, b in found] == [((m, n), (n, p)) for m, n, p in rows]


# What stands in


@pytest.fixture(scope="module")
def verdicts() -> dict[str, dict[str, str]]:
    """What the checks of each exercise that has a stand-in say of it; and of those built on it."""
    namespace = load_namespace("reference", sources())
    suite = Suite("a secret", SOLUTION.name, SOLUTION / "public_checks.py")
    suite.reference = as_object(namespace)
    found: dict[str, dict[str, str]] = {}
    draft = read_draft(SOLUTION, ROOT / "assignments" / SOLUTION.name)

    def failures(
        exercise: str, names: Sequence[str], written: str = "", only: Sequence[str] = ()
    ) -> dict[str, str]:
        submission = local_submission(load_namespace("stood in", [written], namespace))
        for name in names:
            submission.define(STAND_INS[name])
        mine = [check for check in suite.checks if check.exercise == exercise]
        chosen = [check for check in mine if not only or check.blank.name in only]
        results = [suite.run(check, submission) for check in chosen]
        return {r.name: r.detail for r in results if r.outcome is not Outcome.passed}

    def use(_: Suite) -> None:
        for name in STAND_INS:
            found[f"{name} itself"] = failures(name, [name])
        for exercise in draft.assignment.exercises:
            names = [name for name in exercise.depends if name in STAND_INS]
            found[f"{exercise.name} on stand-ins"] = failures(exercise.name, names)
            for cell in CATALOGUE if names else ():
                if cell.metadata["exercise"] == exercise.name:
                    only = cell.metadata.get("caught_by", ())
                    found[title(cell)] = failures(exercise.name, names, cell.source, only)

    with contextlib.redirect_stdout(io.StringIO()):
        with_suite(suite, [SOLUTION / "public_checks.py", SOLUTION / "checks.py"], use)
    return found


def test_stand_ins_pass_every_check(verdicts: dict[str, dict[str, str]]) -> None:
    """So do the reference and all right variants, on top of them."""
    right = {name: bad for name, bad in verdicts.items() if not name.startswith("mistake")}
    assert not any(right.values()), str(right)


def test_mistakes_are_caught_on_top_of_stand_ins(verdicts: dict[str, dict[str, str]]) -> None:
    for cell in CATALOGUE:
        found = verdicts.get(title(cell))
        if "mistake" in cell.metadata and found is not None:
            assert set(cell.metadata["caught_by"]) <= set(found), title(cell)


def test_what_others_build_on_has_a_stand_in() -> None:
    draft = read_draft(SOLUTION, ROOT / "assignments" / SOLUTION.name)
    needed = {name for exercise in draft.assignment.exercises for name in exercise.depends}
    assert needed - {"Head"} <= set(STAND_INS)
