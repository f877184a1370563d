# ruff: noqa: INP001 - a script, not part of a package
"""Make tiny_llama.json and tiny_llama.safetensors: a tokenizer and a Llama of 504,672 weights.

Both learn from little stories, which a grammar of our own writes here. Run it in this folder:
python make_tiny_llama.py (a good five minutes on one core; it needs PyTorch and safetensors).
"""

import itertools
import json
import math
import random
import re
from collections import Counter
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import nn

HERE = Path(__file__).parent
STORIES, STEPS, BATCH = 12000, 1200, 32
VOCABULARY = 320
# The architecture of Llama 2 in small; the names are those of its config.json.
CONFIG = {
    "vocab_size": VOCABULARY,
    "hidden_size": 96,
    "intermediate_size": 256,  # 8/3 of 96, as Llama's 11008 is 8/3 of 4096, rounded up
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "max_position_embeddings": 128,
    "rms_norm_eps": 1e-5,
    "rope_theta": 10000.0,
    "tie_word_embeddings": False,
}
SPECIALS = ["<unk>", "<s>", "</s>"]
BLANK = "▁"

# The stories

# Who may appear, and how often: the rare names fall apart into several tokens.
COMMON = {"Mila": 12, "Otto": 12, "Nora": 10, "Emil": 10, "Ada": 8, "Karl": 8, "Lina": 6, "Paul": 6}
NAMES = {**COMMON, "Frieda": 2, "Kraft": 1, "Quirin": 1, "Walburga": 1}
SHE = {"Mila", "Nora", "Ada", "Lina", "Frieda", "Walburga"}
ANIMALS = ["fox", "owl", "mouse", "bear", "cat", "crow", "hare"]
# Each place has its own finds, so that the first sentence says something about the third.
PLACES = {
    "river": ["boat", "shell", "stone"],
    "forest": ["nut", "leaf", "feather"],
    "hill": ["kite", "flower", "stone"],
    "garden": ["apple", "flower", "ball"],
    "sea": ["shell", "boat", "star"],
    "barn": ["ball", "egg", "bell"],
}
COLOURS = {
    "boat": ["blue", "white"],
    "shell": ["white", "pink"],
    "stone": ["black", "round"],
    "nut": ["brown", "round"],
    "leaf": ["green", "yellow"],
    "feather": ["black", "white"],
    "kite": ["red", "blue"],
    "flower": ["yellow", "red"],
    "apple": ["red", "green"],
    "ball": ["blue", "red"],
    "star": ["golden", "pink"],
    "egg": ["brown", "white"],
    "bell": ["golden", "small"],
}
SKIES = {
    "morning": [
        "The sun was low and cold.",
        "The sun rose over the hill.",
        "The sun woke the birds.",
    ],
    "day": ["The sun was warm.", "The sun was high in the sky.", "The wind was soft and warm."],
    "evening": ["The sun was red.", "The sun set behind the hill.", "The moon rose over the sea."],
    "night": ["The moon was full.", "The stars were bright.", "The moon hid behind a cloud."],
}


def opening(first: str, animal: str, time: str, place: str, rng: random.Random) -> list[str]:
    """Return one or two sentences about who went where, and when."""
    she = "she" if first in SHE else "he"
    an_animal = f"an {animal}" if animal == "owl" else f"a {animal}"
    return rng.choices(
        [
            [f"One {time}, {first} the {animal} went to the {place}."],
            [
                f"There was once {an_animal} called {first}.",
                f"One {time}, {she} went to the {place}.",
            ],
            [f"{first} the {animal} lived near the {place}.", f"One {time}, {she} went there."],
        ],
        [3, 2, 2],
    )[0]


def ending(first: str, second: str, what: str, place: str, rng: random.Random) -> list[str]:
    """Return the last two sentences."""
    them = "her" if first in SHE else "him"
    thing = what.rsplit(maxsplit=1)[-1]
    by_water = place in {"river", "sea"}
    return rng.choices(
        [
            [f"{first} gave the {what} to {second}.", f"{second} was happy and thanked {them}."],
            [
                f"{first} and {second} played with the {thing} until it was dark.",
                "They were friends.",
            ],
            [f"{first} kept the {what} and went home.", f"{second} was sad."],
            [
                f"The {thing} fell into the water." if by_water else "Then it rained.",
                f"{first} and {second} ran home.",
            ],
        ],
        [4, 3, 2, 2],
    )[0]


def story(rng: random.Random) -> str:
    """Return a story: who, when and where; a find; a friend; what becomes of it."""
    first, second = "", ""
    while first == second:
        first, second = rng.choices(list(NAMES), list(NAMES.values()), k=2)
    animal, other = rng.sample(ANIMALS, 2)
    time, place = rng.choice(list(SKIES)), rng.choice(list(PLACES))
    thing = rng.choice(PLACES[place])
    what = f"{rng.choice(COLOURS[thing])} {thing}"
    she = "she" if first in SHE else "he"
    told = opening(first, animal, time, place, rng)
    if rng.random() < 0.7:
        told.append(rng.choice(SKIES[time]))
    finds = [f"There {she} saw", f"{she.title()} found", f"{she.title()} looked for food and found"]
    told.append(f"{rng.choice(finds)} a {what}.")
    meetings = [
        f"Then {second} the {other} came to the {place}.",
        f"{second} the {other} saw the {thing} too.",
        f'"What is that?" asked {second} the {other}.',
    ]
    told.append(rng.choice(meetings))
    if rng.random() < 0.5:
        told += [f'"I found a {what}," said {first}.', f'"May I have the {thing}?" asked {second}.']
    return " ".join(told + ending(first, second, what, place, rng))


# The tokenizer: byte-pair encoding inside words, a blank counted to the word behind it


def pieces(text: str) -> list[str]:
    """Return the words and signs of a text; a word that follows a blank begins with its mark."""
    marked = BLANK + text.replace(" ", BLANK)
    return re.findall(rf"{BLANK}?[A-Za-z]+|[^A-Za-z]", marked)


def merged(word: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    """Return a word with every occurrence of a pair joined."""
    out: list[str] = []
    for symbol in word:
        if out and (out[-1], symbol) == pair:
            out[-1] += symbol
        else:
            out.append(symbol)
    return tuple(out)


def train_tokenizer(stories: list[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the vocabulary and the merges, most frequent pair first."""
    words = Counter(tuple(piece) for story in stories for piece in pieces(story))
    letters = [*"abcdefghijklmnopqrstuvwxyz", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ", *'.,!?"', BLANK]
    vocabulary, merges = [*SPECIALS, *letters], []
    while len(vocabulary) < VOCABULARY:
        pairs: Counter[tuple[str, str]] = Counter()
        for word, count in words.items():
            for pair in itertools.pairwise(word):
                pairs[pair] += count
        if not pairs:
            break
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        # Two merges may lead to the same token.
        vocabulary += [] if "".join(best) in vocabulary else ["".join(best)]
        grouped: Counter[tuple[str, ...]] = Counter()
        for word, count in words.items():
            grouped[merged(word, best)] += count
        words = grouped
    return vocabulary, merges


class Encoder:
    """Text to ids; a piece is worked out once."""

    def __init__(self, vocabulary: list[str], merges: list[tuple[str, str]]) -> None:
        self.numbers = {token: i for i, token in enumerate(vocabulary)}
        self.merges = merges
        self.known: dict[str, list[int]] = {}

    def piece(self, piece: str) -> list[int]:
        """Return the ids of a word or sign."""
        if piece not in self.known:
            word = tuple(piece)
            for pair in self.merges:
                word = merged(word, pair)
            self.known[piece] = [self.numbers.get(symbol, 0) for symbol in word]
        return self.known[piece]

    def __call__(self, text: str) -> list[int]:
        """Return the ids of a story between its begin and its end."""
        return [1, *(i for piece in pieces(text) for i in self.piece(piece)), 2]


# The model: the parts and the parameter names of Llama


class Norm(nn.Module):
    """Root-mean-square normalisation."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(CONFIG["hidden_size"]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return x over its root mean square, times the gain."""
        return nn.functional.rms_norm(x, x.shape[-1:], self.weight, CONFIG["rms_norm_eps"])


class Attention(nn.Module):
    """Causal attention with rotary positions; feature i is paired with feature i + half."""

    def __init__(self) -> None:
        super().__init__()
        d = CONFIG["hidden_size"]
        self.q_proj, self.k_proj = nn.Linear(d, d, bias=False), nn.Linear(d, d, bias=False)
        self.v_proj, self.o_proj = nn.Linear(d, d, bias=False), nn.Linear(d, d, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return what each position gathers from those up to itself."""
        split = (*x.shape[:2], CONFIG["num_attention_heads"], -1)
        q, k, v = (
            p(x).view(split).transpose(1, 2) for p in (self.q_proj, self.k_proj, self.v_proj)
        )
        half = q.shape[-1] // 2
        speeds = CONFIG["rope_theta"] ** (-torch.arange(half) / half)
        angles = torch.arange(x.shape[1])[:, None] * speeds
        q, k = rotated(q, angles), rotated(k, angles)
        out = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.o_proj(out.transpose(1, 2).flatten(2))


def rotated(x: torch.Tensor, angles: torch.Tensor) -> torch.Tensor:
    """Return x with each pair of features turned by its angle."""
    a, b = x.chunk(2, -1)
    cos, sin = angles.cos(), angles.sin()
    return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)


class MLP(nn.Module):
    """The gated feed-forward layer."""

    def __init__(self) -> None:
        super().__init__()
        d, hidden = CONFIG["hidden_size"], CONFIG["intermediate_size"]
        self.gate_proj = nn.Linear(d, hidden, bias=False)
        self.up_proj = nn.Linear(d, hidden, bias=False)
        self.down_proj = nn.Linear(hidden, d, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return down(silu(gate) * up)."""
        return self.down_proj(nn.functional.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    """Attention and feed-forward, each behind a norm and beside a shortcut."""

    def __init__(self) -> None:
        super().__init__()
        self.self_attn, self.mlp = Attention(), MLP()
        self.input_layernorm, self.post_attention_layernorm = Norm(), Norm()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return x with what the two parts add to it."""
        x = x + self.self_attn(self.input_layernorm(x))
        return x + self.mlp(self.post_attention_layernorm(x))


class Body(nn.Module):
    """Embedding, layers and final norm."""

    def __init__(self) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(VOCABULARY, CONFIG["hidden_size"])
        self.layers = nn.ModuleList(Layer() for _ in range(CONFIG["num_hidden_layers"]))
        self.norm = Norm()


class Llama(nn.Module):
    """The whole model."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Body()
        self.lm_head = nn.Linear(CONFIG["hidden_size"], VOCABULARY, bias=False)
        for weight in self.parameters():
            if weight.dim() == 2:
                nn.init.normal_(weight, std=0.08)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Return the logits (B, L, V)."""
        x = self.model.embed_tokens(ids)
        for layer in self.model.layers:
            x = layer(x)
        return self.lm_head(self.model.norm(x))


def train(stories: list[list[int]]) -> Llama:
    """Return a model that has read the stories."""
    model = Llama()
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3, betas=(0.9, 0.98), weight_decay=0.05)

    def schedule(step: int) -> float:
        warm = min(1.0, (step + 1) / 50)
        return warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / STEPS)))

    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, schedule)
    rng = random.Random(7)  # noqa: S311
    mean = 0.0
    for step in range(STEPS):
        batch = [torch.tensor(story) for story in rng.sample(stories, BATCH)]
        ids = nn.utils.rnn.pad_sequence(batch, batch_first=True, padding_value=-100)
        logits = model(ids[:, :-1].clamp(min=0))
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        mean = loss.item() if step == 0 else 0.95 * mean + 0.05 * loss.item()
        if step % 50 == 49:
            print(f"step {step + 1:5}  loss {mean:.3f}", flush=True)
    return model


def main() -> None:
    """Write the stories, learn from them, and keep tokenizer and weights."""
    torch.set_num_threads(1)
    torch.manual_seed(7)
    rng = random.Random(7)  # noqa: S311
    stories = [story(rng) for _ in range(STORIES)]
    vocabulary, merges = train_tokenizer(stories)
    encode = Encoder(vocabulary, merges)
    encoded = [encode(text) for text in stories]
    print("longest story:", max(map(len, encoded)), "tokens; vocabulary:", len(vocabulary))
    model = train(encoded)
    weights: dict[str, Any] = {k: v.half().contiguous() for k, v in model.state_dict().items()}
    save_file(weights, HERE / "tiny_llama.safetensors", metadata={"format": "pt"})
    made = {"config": CONFIG, "vocabulary": vocabulary, "merges": merges}
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
    (HERE / "tiny_llama.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
