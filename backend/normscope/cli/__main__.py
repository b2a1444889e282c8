"""``python -m normscope.cli``."""

from normscope.cli import main

main()
