"""Claims: statements of the lecture and of papers as experiments whose verdicts are computed from measurements."""
