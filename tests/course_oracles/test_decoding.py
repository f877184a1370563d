"""The reference decoders against transformers, exhaustive search and known numbers."""

import itertools
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from grader.checks.reference import load_namespace
from grader.notebook.source import read_cells, with_solution

SOLUTION = Path(__file__).parents[2] / "solutions" / "03_decoding" / "solution.py"
VOCABULARY = 13


@pytest.fixture(scope="module")
def ours() -> SimpleNamespace:
    cells = [cell for cell in read_cells(SOLUTION) if cell.is_reference]
    return SimpleNamespace(
        **load_namespace("decoding", [with_solution(cell.source) for cell in cells])
    )


@pytest.fixture(scope="module")
def llama() -> Any:
    """A tiny Llama with random weights, sharp enough to have preferences."""
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(3)
    config = transformers.LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=64,
        initializer_range=0.8,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=0,
    )
    return transformers.LlamaForCausalLM(config).double().eval()


def logits_of(model: Any) -> Any:
    def next_logits(ids: list[int]) -> torch.Tensor:
        with torch.no_grad():
            return model(torch.tensor([ids])).logits[0, -1]

    return next_logits


def generate(model: Any, prompt: list[int], **options: Any) -> Any:
    ids = torch.tensor([prompt])
    return model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False, **options)


# Against transformers.


@pytest.mark.parametrize("eos", [2, 5, 7, 11])
def test_greedy_is_what_transformers_generates(ours: Any, llama: Any, eos: int) -> None:
    for prompt in ([1], [4, 4, 9], [12, 3, 0, 6, 2]):
        theirs = generate(llama, prompt, max_new_tokens=12, eos_token_id=eos)[0].tolist()
        assert ours.greedy_decode(logits_of(llama), prompt, 12, eos) == theirs


@pytest.mark.parametrize("width", [1, 2, 3, 6])
@pytest.mark.parametrize("penalty", [0.0, 1.0, 1.7])
def test_beams_are_what_transformers_finds(
    ours: Any, llama: Any, width: int, penalty: float
) -> None:
    """Without an end in reach; what transformers does with ended hypotheses is another rule."""
    for prompt in ([1], [4, 4, 9]):
        theirs = generate(
            llama,
            prompt,
            max_new_tokens=6,
            num_beams=width,
            num_return_sequences=width,
            length_penalty=penalty,
            return_dict_in_generate=True,
            output_scores=True,
        )
        mine = ours.beam_search(logits_of(llama), prompt, width, 6, 99, penalty)
        assert [tokens for _, tokens in mine] == theirs.sequences.tolist()
        if width > 1:
            scores = [score for score, _ in mine]
            assert np.allclose(scores, theirs.sequences_scores, rtol=1e-5, atol=1e-5)


def warped(logits: torch.Tensor, **how: Any) -> torch.Tensor:
    """Return the probabilities that transformers samples from."""
    pytest.importorskip("transformers")
    from transformers.generation import logits_process as lp

    kinds = {
        "T": lp.TemperatureLogitsWarper, "k": lp.TopKLogitsWarper, "p": lp.TopPLogitsWarper
    }  # fmt: skip
    scores = logits[None].clone()
    for name in ("T", "k", "p"):
        if how.get(name) is not None:
            scores = kinds[name](how[name])(torch.zeros((1, 1), dtype=torch.long), scores)
    return torch.softmax(scores[0], 0)


def test_filters_and_temperature_are_those_of_transformers(ours: Any) -> None:
    torch.manual_seed(5)
    for _ in range(40):
        logits = 2 * torch.randn(VOCABULARY, dtype=torch.float64)
        logits[int(torch.randint(VOCABULARY, ()))] = -math.inf
        for warmth in (0.3, 1.0, 2.5):
            mine = torch.softmax(ours.apply_temperature(logits, warmth), 0)
            assert torch.allclose(mine, warped(logits, T=warmth))
        for k in (1, 4, 12, 50):
            mine = torch.softmax(ours.top_k_filter(logits, k), 0)
            assert torch.allclose(mine, warped(logits, k=k))
        for p in (0.1, 0.5, 0.83, 0.97):
            mine = torch.softmax(ours.top_p_filter(logits, p), 0)
            assert torch.allclose(mine, warped(logits, p=p))


@pytest.mark.parametrize(("warmth", "k", "p"), [(0.7, 5, None), (1.6, None, 0.6), (1.3, 6, 0.8)])
def test_draws_follow_the_law_of_transformers(
    ours: Any, llama: Any, warmth: float, k: int | None, p: float | None
) -> None:
    model, prompt, n = logits_of(llama), [4, 4, 9], 2000
    law = warped(model(prompt), T=warmth, k=k, p=p)
    drawn = [
        ours.ancestral_sample(model, prompt, 1, 99, [(i + 0.5) / n], warmth, k, p)[-1]
        for i in range(0, n, 10)
    ]
    shares = np.bincount(drawn, minlength=VOCABULARY) / len(drawn)
    assert np.abs(shares - law.numpy()).max() < 0.011


# Against exhaustive search and other arithmetic.


def tree(ours: Any) -> Any:
    return ours.table_model(ours.TREE, ours.TREE_WORDS)


def test_a_wide_beam_is_exhaustive_search(ours: Any, llama: Any) -> None:
    model, eos = logits_of(llama), 7
    found = {}
    for new in itertools.product(range(VOCABULARY), repeat=3):
        cut = new[: new.index(eos) + 1] if eos in new else new
        if cut not in found:
            told = [4, 9]
            total = 0.0
            for token in cut:
                total += torch.log_softmax(model(told), 0)[token].item()
                told = [*told, token]
            found[cut] = total
        if len(found) > 60:
            break
    wide = {tuple(t[2:]): s for s, t in ours.beam_search(model, [4, 9], VOCABULARY**3, 3, eos)}
    assert len(wide) == 1 + 12 + 12 * 12 * 13
    assert all(math.isclose(wide[new], total, rel_tol=1e-9) for new, total in found.items())


def test_draws_agree_with_inverting_the_sum_in_fractions(ours: Any) -> None:
    rng = np.random.default_rng(8)
    for _ in range(200):
        weights = rng.integers(0, 5, 7)
        weights[rng.integers(7)] += 1
        numerator = int(rng.integers(0, 4096))
        sums = list(itertools.accumulate(weights.tolist()))
        # In whole numbers: sum > u * total with u = numerator / 4096.
        token = next(i for i, s in enumerate(sums) if s * 4096 > numerator * sums[-1])
        assert ours.categorical_from_uniform(weights.astype(float), numerator / 4096) == token


def test_counts_agree_with_counting_windows_of_text(ours: Any) -> None:
    text = "abracadabra_abrakadabra"
    for n in (1, 2, 3, 5):
        counts = ours.ngram_counts(list(text), n)
        for context, row in counts.items():
            for token, count in row.items():
                gram = "".join((*context, token))
                places = (text.startswith(gram, i) for i in range(len(text)))
                assert count == sum(places)
        assert sum(sum(row.values()) for row in counts.values()) == len(text) - n + 1


# The numbers that the notebook and its checks quote.

TOY = ["the", "mouse", "ate", "the", "cheese"]
WORDS = ["the", "mouse", "ate", "cheese"]


def test_the_toy_corpus(ours: Any) -> None:
    bigrams, single = ours.ngram_counts(TOY, 2), ours.ngram_counts(TOY, 1)
    assert single[()]["cheese"] == 1
    assert ("cheese",) not in bigrams
    assert ours.ngram_probs((), single, WORDS, 0)["the"] == pytest.approx(0.4)
    assert ours.ngram_probs((), single, WORDS, 1) == pytest.approx(
        {"the": 1 / 3, "mouse": 2 / 9, "ate": 2 / 9, "cheese": 2 / 9}
    )
    for eps, a, b, wanted in (
        (1, "the", "mouse", 1 / 3), (1, "the", "ate", 1 / 6), (1, "mouse", "ate", 0.4),
        (0.1, "the", "mouse", 0.458333), (0.1, "mouse", "ate", 0.785714),
        (0.1, "cheese", "the", 0.25),
    ):  # fmt: skip
        assert ours.ngram_probs((a,), bigrams, WORDS, eps)[b] == pytest.approx(wanted, abs=1e-6)
    assert len(WORDS) ** 2 == 16


@pytest.mark.parametrize(
    ("eps", "scores"),
    [(0.1, (-2.042641, -3.187774, -7.983564)), (1, (-4.029806, -4.499810, -5.886104))],
)
def test_the_scores_of_the_toy_sentences(ours: Any, eps: float, scores: tuple[float, ...]) -> None:
    bigrams = ours.ngram_counts(TOY, 2)
    sentences = ("the mouse ate the cheese", "the cheese ate the mouse", "mouse the the cheese ate")
    for sentence, score in zip(sentences, scores, strict=True):
        pairs = itertools.pairwise(sentence.split())
        told = [ours.ngram_probs((a,), bigrams, WORDS, eps)[b] for a, b in pairs]
        assert ours.sequence_logprob(told) == pytest.approx(score, abs=1e-6)
        if score == -2.042641:
            assert ours.perplexity(told) == pytest.approx(1.666391, abs=1e-6)


@pytest.mark.parametrize(
    ("warmth", "probs", "entropy"),
    [
        (0.1, (0.999024, 0.000976, 0.0), None),
        (0.5, (0.782609, 0.195652, 0.021739), 0.5943),
        (1.0, (0.6, 0.3, 0.1), 0.8979),
        (2.0, (0.472734, 0.334273, 0.192993), 1.0380),
        (100.0, (0.336097, 0.333775, 0.330128), None),
    ],
)
def test_temperatures(
    ours: Any, warmth: float, probs: tuple[float, ...], entropy: float | None
) -> None:
    law = torch.softmax(ours.apply_temperature(torch.log(torch.tensor([0.6, 0.3, 0.1])), warmth), 0)
    assert law.tolist() == pytest.approx(probs, abs=1e-6)
    if entropy is not None:
        assert -(law * law.log()).sum().item() == pytest.approx(entropy, abs=5e-5)


def test_what_division_by_zero_gives_and_what_the_function_gives(ours: Any) -> None:
    logits = torch.log(torch.tensor([0.6, 0.3, 0.1]))
    assert torch.softmax(logits / 0, 0).isnan().all()
    assert torch.softmax(ours.apply_temperature(logits, 0), 0).tolist() == [1, 0, 0]


def test_filters_on_three_words_and_the_boundary(ours: Any) -> None:
    logits = torch.log(torch.tensor([0.6, 0.3, 0.1], dtype=torch.float64))
    for kept in (ours.top_k_filter(logits, 2), ours.top_p_filter(logits, 0.8)):
        assert torch.softmax(kept, 0).tolist() == pytest.approx([2 / 3, 1 / 3, 0])
    sums = {t: torch.tensor([0.6, 0.3, 0.1], dtype=t).cumsum(0)[1] for t in DTYPES}
    reached = {t: bool(s >= torch.tensor(0.9, dtype=t)) for t, s in sums.items()}
    assert reached == {torch.float64: False, torch.float32: True}


DTYPES = (torch.float64, torch.float32)


def test_stepwise_and_joint_annealing_differ(ours: Any) -> None:
    exact = dict(ours.every_sequence(tree(ours), 4))
    assert sum(exact.values()) == pytest.approx(1)
    ac, be = (0, 2, 4), (1, 4)
    assert (exact[be], exact[ac]) == pytest.approx((0.36, 0.24))
    steps = dict(ours.every_sequence(tree(ours), 4, lambda z: ours.apply_temperature(z, 0.5)))
    assert (steps[ac], steps[be]) == pytest.approx((0.3211, 0.3058), abs=5e-5)
    total = sum(prob**2 for prob in exact.values())
    assert (exact[be] ** 2 / total, exact[ac] ** 2 / total) == pytest.approx(
        (0.509, 0.2262), abs=5e-5
    )
    cold = dict(ours.every_sequence(tree(ours), 4, lambda z: ours.apply_temperature(z, 0.02)))
    assert max(cold, key=cold.__getitem__) == ac
    assert max(exact, key=lambda told: exact[told] ** 50) == be


def test_greedy_and_beam_on_the_tree(ours: Any) -> None:
    model = tree(ours)
    assert ours.greedy_decode(model, [], 5, 4) == [0, 2, 4]
    [(score, tokens)] = ours.beam_search(model, [], 1, 5, 4)
    assert (tokens, score) == ([0, 2, 4], pytest.approx(math.log(0.24)))
    score, tokens = ours.beam_search(model, [], 2, 5, 4)[0]
    assert (tokens, score) == ([1, 4], pytest.approx(math.log(0.36)))


def test_the_runs_of_paris(ours: Any) -> None:
    model = ours.table_model(ours.PARIS, ours.PARIS_WORDS)
    prompt = ours.ids_of("Paris is the", ours.PARIS_WORDS)
    greedy = ours.greedy_decode(model, prompt, 9, 10)
    assert ours.text_of(greedy, ours.PARIS_WORDS) == "Paris is the capital of France END"
    drawn = ours.ancestral_sample(model, prompt, 4, 10, [0.7, 0.5, 0.3, 0.9])
    assert ours.text_of(drawn, ours.PARIS_WORDS) == "Paris is the city of dreams END"
