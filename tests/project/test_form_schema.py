"""The frontend's tests draw the launch form from a committed copy of the schema: it must be the one that is served.

Make it anew with ``python tests/project/test_form_schema.py``.
"""

import json
from pathlib import Path

from normscope.core.spec import RunSpec

COPY = Path(__file__).parents[2] / "frontend" / "src" / "form" / "testing" / "run.schema.json"


def served() -> str:
    """The schema as the file holds it; the order of its fields is the order of the form."""
    return json.dumps(RunSpec.model_json_schema(), indent=1) + "\n"


def test_the_copy_of_the_schema_is_up_to_date() -> None:
    assert COPY.read_text(encoding="utf-8") == served(), "run: python tests/project/test_form_schema.py"


if __name__ == "__main__":
    COPY.write_text(served(), encoding="utf-8")
