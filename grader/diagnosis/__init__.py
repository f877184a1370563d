"""Name the misconception behind a wrong answer, or honestly say nothing."""
