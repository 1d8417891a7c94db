"""Take a picture of the page: ``tools/screenshot.py URL OUT.png [--select first]``.

Needs Chromium and a font with Chinese, as the browser tests do.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
# No GPU and no software WebGL: what the page must look right on.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def settle(page: Page) -> None:
    """Wait until the page has everything and has drawn it."""
    page.wait_for_function("() => window.__app?.ready")
    page.evaluate("() => window.__app.whenIdle()")


def size(text: str) -> tuple[int, int]:
    """Read ``1440x900``."""
    width, height = text.lower().split("x")
    return int(width), int(height)


def take(url: str, out: Path, given: argparse.Namespace) -> None:
    """Open the page, perhaps select a lead, and write the picture."""
    width, height = given.size
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(
            viewport={"width": width, "height": height},
            color_scheme="dark" if given.dark else "light",
            locale="zh-TW",
            timezone_id="Asia/Taipei",
            reduced_motion="reduce",
        )
        page.goto(url)
        settle(page)
        if given.select:
            rows = page.locator("#leads a")
            chosen = f'#leads a[data-lead="{given.select}"]'
            (rows.first if given.select == "first" else page.locator(chosen)).click()
            page.locator("#detail .waterfall").wait_for()
            settle(page)
        page.screenshot(path=out)
        browser.close()


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("out", type=Path)
    parser.add_argument("--select", help="'first', or the id of a lead")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--size", type=size, default=(1440, 900))
    given = parser.parse_args()
    take(given.url, given.out, given)


if __name__ == "__main__":
    main()
