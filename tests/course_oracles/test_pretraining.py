"""The reference of the pretraining notebook against transformers and the documents' numbers."""

import importlib.util
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch.nn import functional
from transformers import LlamaConfig, LlamaForCausalLM
from transformers.models.llama import modeling_llama

from grader.checks.reference import as_object, load_namespace
from grader.notebook.source import read_cells, with_solution

ROOT = Path(__file__).parents[2]
CELLS = read_cells(ROOT / "solutions" / "06_pretraining" / "solution.py")
B, H, L, D = 2, 3, 5, 14
LLAMA_2_7B = {
    "vocab_size": 32000,
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
}


@pytest.fixture(scope="module")
def ours() -> Iterator[SimpleNamespace]:
    threads = torch.get_num_threads()
    sources = [with_solution(cell.source) for cell in CELLS if cell.is_reference]
    yield as_object(load_namespace("reference", sources))
    torch.set_num_threads(threads)


@pytest.fixture(autouse=True)
def _same_numbers() -> None:
    torch.manual_seed(0)


@pytest.fixture(scope="module")
def theirs() -> Any:
    """Our tiny Llama's weights in the model of the library."""
    made = json.loads((ROOT / "data" / "tiny_llama.json").read_text("utf-8"))
    model = LlamaForCausalLM(LlamaConfig(**made["config"], attn_implementation="eager"))
    weights = load_file(ROOT / "data" / "tiny_llama.safetensors")
    model.load_state_dict({name: weight.float() for name, weight in weights.items()})
    return model.eval()


def doubles(*shape: int) -> Any:
    return torch.randn(*shape, dtype=torch.float64)


# The parts


@pytest.mark.parametrize("eps", [1e-5, 0.1])
def test_rms_norm_is_llamas(ours: SimpleNamespace, eps: float) -> None:
    library = modeling_llama.LlamaRMSNorm(D, eps=eps)
    norm = ours.RMSNorm(D, eps)
    weight, x = torch.randn(D), torch.randn(B, L, D)
    library.weight.data = weight
    norm.load({"weight": weight})
    torch.testing.assert_close(norm(x), library(x))


def test_rotation_is_llamas(ours: SimpleNamespace) -> None:
    config = LlamaConfig(hidden_size=D * H, num_attention_heads=H)
    q, k, where = torch.randn(B, H, L, D), torch.randn(B, H, L, D), torch.tensor([3, 0, 9, 40, 2])
    cos, sin = modeling_llama.LlamaRotaryEmbedding(config)(q, where[None])
    wanted = modeling_llama.apply_rotary_pos_emb(q, k, cos, sin)
    torch.testing.assert_close((ours.rope(q, where), ours.rope(k, where)), wanted)


def test_the_layouts_differ_by_the_order_of_features(ours: SimpleNamespace) -> None:
    x, where = doubles(L, D), torch.arange(L)
    order = torch.arange(D).reshape(2, -1).T.flatten()
    alternating = ours.rope(x[:, order], where, layout="interleaved")
    torch.testing.assert_close(alternating[:, order.argsort()], ours.rope(x, where))


def test_swiglu_is_llamas(ours: SimpleNamespace) -> None:
    config = LlamaConfig(hidden_size=D, intermediate_size=11, num_attention_heads=7)
    library, module = modeling_llama.LlamaMLP(config), ours.SwiGLU(D, 11)
    names = ("gate", "up", "down")
    module.load({name: getattr(library, f"{name}_proj").weight for name in names})
    x = torch.randn(B, L, D)
    torch.testing.assert_close(module(x), library(x))


def test_rotary_attention_is_the_librarys(ours: SimpleNamespace) -> None:
    q, k, v, where = doubles(B, H, L, D), doubles(B, H, L, D), doubles(B, H, L, D), torch.arange(L)
    turned = ours.rope(q, where), ours.rope(k, where)
    wanted = functional.scaled_dot_product_attention(*turned, v, is_causal=True)
    torch.testing.assert_close(ours.rotary_attention(q, k, v, where), wanted)


# The whole


def test_a_random_llama_gives_the_same_logits(ours: SimpleNamespace, tmp_path: Path) -> None:
    from safetensors.torch import save_file

    config = LlamaConfig(
        vocab_size=37,
        hidden_size=24,
        intermediate_size=29,
        num_hidden_layers=3,
        num_attention_heads=3,
        num_key_value_heads=3,
        rms_norm_eps=0.1,
        attn_implementation="eager",
    )
    library = LlamaForCausalLM(config).eval()
    for weight in library.parameters():
        torch.nn.init.normal_(weight, std=0.3)
    save_file(library.state_dict(), tmp_path / "tiny_llama.safetensors")
    made = {"config": config.to_dict(), "vocabulary": [], "merges": []}
    (tmp_path / "tiny_llama.json").write_text(json.dumps(made), "utf-8")
    ids = [1, 36, 5, 5, 0, 12, 7]
    with torch.no_grad():
        wanted = library(torch.tensor([ids])).logits[0]
    found = ours.TinyLlama(str(tmp_path)).logits(ids)
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-4)


def test_the_trained_llama_gives_the_same_logits(ours: SimpleNamespace, theirs: Any) -> None:
    llama = ours.TinyLlama(str(ROOT / "data"))
    ids = llama.encode("One day, Kraft the crow found a red kite.")
    with torch.no_grad():
        wanted = theirs(torch.tensor([ids]), output_hidden_states=True)
    torch.testing.assert_close(llama.logits(ids), wanted.logits[0], rtol=1e-4, atol=1e-4)
    first = theirs.lm_head(theirs.model.norm(wanted.hidden_states[1]))[0]
    torch.testing.assert_close(llama.lens(ids)[1], first.detach(), rtol=1e-4, atol=1e-4)


def test_the_greedy_story_is_the_librarys(ours: SimpleNamespace, theirs: Any) -> None:
    llama = ours.TinyLlama(str(ROOT / "data"))
    ids = llama.encode("One evening, Mila the fox")
    found = ours.continue_greedily(lambda given: llama.logits(given)[-1], ids, 30, 2)
    wanted = theirs.generate(
        torch.tensor([ids]),
        attention_mask=torch.ones(1, len(ids)),
        max_new_tokens=30,
        do_sample=False,
        eos_token_id=2,
        pad_token_id=0,
    )
    assert found == wanted[0].tolist()


def test_the_downloaded_llama_stands_behind_the_same_names(
    ours: SimpleNamespace, theirs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The branch for those with a token, with our weights in the place of the download."""
    llama = ours.TinyLlama(str(ROOT / "data"))
    tokenizer = SimpleNamespace(
        encode=llama.encode,
        convert_ids_to_tokens=llama.token,
        decode=lambda ids, **_: llama.decode(ids),
    )
    library = ModuleType("transformers")
    asked = []

    def from_pretrained(made: Any) -> Any:
        return SimpleNamespace(from_pretrained=lambda *args, **_: asked.append(args) or made)

    library.AutoTokenizer = from_pretrained(tokenizer)
    library.AutoModelForCausalLM = from_pretrained(theirs)
    monkeypatch.setitem(sys.modules, "transformers", library)
    monkeypatch.setenv("HF_TOKEN", "none")
    other = ours.Llama2()
    assert asked == [("meta-llama/Llama-2-7b-chat-hf",)] * 2
    ids = other.encode("The sun was red.")
    for found, wanted in zip(other.lens(ids), llama.lens(ids), strict=True):
        torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(other.logits(ids), llama.logits(ids), rtol=1e-4, atol=1e-4)
    assert torch.equal(other.table, llama.table)
    assert other.decode(ids) == "The sun was red."


def test_the_default_needs_no_transformers() -> None:
    setup = [cell.source for cell in CELLS if "setup" in cell.metadata.get("tags", ())]
    found = [source for source in setup if "transformers" in source]
    assert len(found) == 1
    assert "\n        from transformers import" in found[0]


# The counts


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({}, 6_738_415_616),
        ({"num_key_value_heads": 8}, 5_933_109_248),
        ({"num_key_value_heads": 8, "head_dim": 64, "tie_word_embeddings": True}, None),
        (
            {"vocab_size": 128256, "intermediate_size": 14336, "num_key_value_heads": 8},
            8_030_261_248,
        ),
    ],
)
def test_the_count_is_that_of_a_model_without_weights(
    ours: SimpleNamespace, changes: dict[str, Any], count: int | None
) -> None:
    config = {**LLAMA_2_7B, **changes}
    with torch.device("meta"):
        model = LlamaForCausalLM(LlamaConfig(**config))
    wanted = sum(weight.numel() for weight in model.parameters())
    assert count in (None, wanted)
    assert ours.llama_parameter_count(config) == wanted


def test_the_tiny_llama_is_small_and_counted(ours: SimpleNamespace, theirs: Any) -> None:
    made = json.loads((ROOT / "data" / "tiny_llama.json").read_text("utf-8"))
    count = sum(weight.numel() for weight in theirs.parameters())
    assert ours.llama_parameter_count(made["config"]) == count == 504_672
    assert (ROOT / "data" / "tiny_llama.safetensors").stat().st_size < 3_000_000


# Numbers of the documents


def test_the_numbers_of_llama_2_7b() -> None:
    assert 256 * math.ceil(8 / 3 * 4096 / 256) == 11008
    assert round(8 / 3 * 4096, 1) == 10922.7
    assert f"{2 * 6_738_415_616 / 1e9:.2f}" == "13.48"
    cache = 2 * 32 * 4096 * 2
    assert cache == 524_288
    assert cache * 4096 == 2 * 2**30


def test_the_values_of_rms_norm(ours: SimpleNamespace) -> None:
    x = torch.tensor([1.0, 2, 3, 4], dtype=torch.float64)
    wanted = torch.tensor([0.365148, 0.730296, 1.095444, 1.460593], dtype=torch.float64)
    torch.testing.assert_close(ours.RMSNorm(4)(x), wanted, rtol=0, atol=2e-6)
    norm = ours.RMSNorm(4, 0.1)
    norm.load({"weight": torch.ones(4, dtype=torch.float64)})
    assert math.isclose(norm(x)[0].item(), 0.362738, abs_tol=1e-6)
    assert math.isclose(1 / (math.sqrt(7.5) + 0.1), 0.352285, abs_tol=1e-6)


def test_the_values_of_rope(ours: SimpleNamespace) -> None:
    x, where = torch.ones(1, 4, dtype=torch.float64), torch.tensor([1])
    wanted = {
        "interleaved": [-0.301169, 1.381773, 0.989950, 1.009950],
        "half": [-0.301169, 0.989950, 1.381773, 1.009950],
    }
    for layout, values in wanted.items():
        found = ours.rope(x, where, layout=layout)[0]
        torch.testing.assert_close(found, torch.tensor(values).double(), rtol=0, atol=1e-6)


def test_the_shares_of_masked_language_modelling(ours: SimpleNamespace) -> None:
    u = torch.rand(2, 400_000, dtype=torch.float64)
    ids = torch.full((400_000,), 7)
    inputs, labels = ours.mlm_corrupt(ids, *u, torch.full_like(ids, 8), 9, [0])
    kept = (inputs == 7) & (labels != -100)
    shares = [(part.double().mean().item()) for part in (inputs == 9, inputs == 8, kept)]
    for share, wanted in zip(shares, (0.12, 0.015, 0.015), strict=True):
        assert abs(share - wanted) < 5 * math.sqrt(wanted / 400_000)


def test_the_masks_that_are_special_cases_of_others(ours: SimpleNamespace) -> None:
    causal = torch.ones(L, L, dtype=torch.bool).triu(1)
    mask = ours.objective_mask
    assert torch.equal(mask("clm", L), causal)
    assert torch.equal(mask("permutation", L, order=list(range(L))), causal)
    assert torch.equal(mask("prefix", L, prefix=0), causal)
    assert torch.equal(mask("prefix", L, prefix=L), mask("mlm", L))


# The tokenizer


def test_the_tokenizer_of_the_notebook_is_that_of_the_training(ours: SimpleNamespace) -> None:
    import random

    spec = importlib.util.spec_from_file_location("made", ROOT / "data" / "make_tiny_llama.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    made = json.loads((ROOT / "data" / "tiny_llama.json").read_text("utf-8"))
    encode = script.Encoder(made["vocabulary"], [tuple(pair) for pair in made["merges"]])
    llama = ours.TinyLlama(str(ROOT / "data"))
    rng = random.Random(7)
    for _ in range(50):
        text = script.story(rng)
        ids = llama.encode(text)
        assert encode(text) == [*ids, 2]
        assert llama.decode([*ids, 2]) == text
