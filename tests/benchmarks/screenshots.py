"""The pictures of the README and a look at every page in both themes.

python -m tests.benchmarks.screenshots --to docs/images        # compare.png, launch.png
python -m tests.benchmarks.screenshots --to /tmp/look --all    # every page, three widths, light and dark
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from normscope.settings import Settings
from tests.benchmarks.browser import chromium, new_page
from tests.served import serving

PAGES = {"start": "/", "launch": "/launch", "runs": "/runs", "compare": "/runs/{id}"}
PAGES |= {tab: f"/runs/{{id}}/{tab}" for tab in ("microscope", "gradients", "landscape", "maps")}


def main() -> None:
    """Run the paper's experiment once and photograph it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--datasets", type=Path, default=Settings().datasets_dir)
    options = parser.parse_args()
    datasets = options.datasets.resolve()
    options.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), datasets) as served, chromium() as browser:
        run = served.launch(served.preset("paper-mnist"))["id"]
        served.wait(run, "finished", seconds=240)
        shots = [("compare", 1440, False), ("launch", 1440, False)]
        if options.all:
            shots = [(page, width, dark) for page in PAGES for width in (1440, 820, 390) for dark in (False, True)]
        for name, width, dark in shots:
            page = new_page(browser, width=width, dark=dark)
            page.goto(served.url + PAGES[name].format(id=run))
            page.wait_for_timeout(3000)
            file = f"{name}-{width}-{'dark' if dark else 'light'}.png" if options.all else f"{name}.png"
            page.screenshot(path=options.to / file, full_page=options.all and width < 1440)
            page.context.close()


if __name__ == "__main__":
    main()
