"""What nvidia-smi says, from a program of ours that says it."""

import time
from pathlib import Path

import pytest

from grader.engine.cards import find_cards, meter, read_cards
from grader.engine.slots import Card
from grader.errors import UsageError

SAYS = """0, GPU-aaaa1111-2222, 81559, 81000
1, GPU-bbbb1111-2222, 81559, 40000
2, GPU-cccc1111-2222, [N/A], [N/A]
"""
A = Card("GPU-aaaa1111-2222", 81559 << 20, 81000 << 20)
B = Card("GPU-bbbb1111-2222", 81559 << 20, 40000 << 20)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs with an nvidia-smi in it, which prints a file."""
    (tmp_path / "says").write_text(SAYS)
    script = tmp_path / "nvidia-smi"
    loop = f"for used in 500 2500 1500; do echo $used; sleep 0.1; done; cat {tmp_path}/fifo"
    script.write_text(f'#!/bin/sh\ncase "$*" in *loop*) {loop};; *) cat {tmp_path}/says;; esac\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return tmp_path


def test_lines_without_numbers_are_no_cards() -> None:
    assert list(read_cards(SAYS + "\nnonsense\n")) == [("0", A), ("1", B)]


@pytest.mark.parametrize(
    ("allowed", "cards"),
    [(None, [A, B]), ("0,1", [A, B]), ("1", [B]), ("GPU-bbbb", [B]), ("GPU-aaaa1111-2222", [A])],
)
def test_only_cards_that_were_given_to_us(
    program: Path, allowed: str | None, cards: list[Card], monkeypatch: pytest.MonkeyPatch
) -> None:
    if allowed is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", allowed)
    assert find_cards() == cards


@pytest.mark.parametrize("allowed", ["", "7", "GPU-", "NoDevFiles"])
def test_no_card_for_us(program: Path, allowed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", allowed)
    with pytest.raises(UsageError, match="Use --device cpu"):
        find_cards()


def test_no_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="there is no nvidia-smi"):
        find_cards()


def test_a_driver_that_does_not_answer(program: Path) -> None:
    (program / "nvidia-smi").write_text("#!/bin/sh\nexit 9\n")
    with pytest.raises(UsageError, match="exit status 9"):
        find_cards()


def test_the_most_a_card_was_used(program: Path) -> None:
    with meter("GPU-aaaa") as grown:
        time.sleep(0.6)
    assert grown() == 2000 << 20
