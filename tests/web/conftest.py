"""A browser, and a page served by the mock under the product's security headers."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
AXE = "axe-core@4.14.1"
CHROMIUM = Path("/usr/bin/chromium")
# No GPU and no software WebGL, as on the plainest police desktop.
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
WATCH = """
window.__blocked = [];
document.addEventListener('securitypolicyviolation',
  (event) => window.__blocked.push(event.violatedDirective + ' ' + event.blockedURI));
"""

AXE = """async () => {
    const found = await axe.run();
    const told = found.violations.map(
        one => [one.impact, one.id, one.nodes.map(node => node.target.join(' '))]);
    return [told, found.passes.length];
}"""


@pytest.fixture(scope="session")
def browser() -> Iterator:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is absent: apt-get install chromium fonts-noto-cjk")
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed"
    )
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


def serve(*arguments: str) -> Iterator[str]:
    command = [sys.executable, str(HERE / "mock_server.py"), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.terminate()


@pytest.fixture
def page_url() -> Iterator[str]:
    """The address of the page; ends in a slash."""
    yield from serve()


@pytest.fixture
def empty_url() -> Iterator[str]:
    """The same, of a service with no lead at all."""
    yield from serve("--leads", "0")


@pytest.fixture
def open_page(browser, page_url):
    """Open addresses; at the end, nothing may have gone wrong in any of them.

    Asks for ``page_url`` so that the pages are closed before their server is.
    """
    contexts, faults = [], []

    def listen(page, origin: str) -> None:
        page.on(
            "request",
            lambda asked: (
                asked.url.startswith((origin, "data:", "blob:"))
                or faults.append(f"off origin: {asked.url}")
            ),
        )
        page.on(
            "console",
            lambda said: (
                said.type == "error" and faults.append(f"console: {said.text}")
            ),
        )
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))

    def opener(url: str, *, dark: bool = False, size: tuple[int, int] = (1280, 800)):
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="zh-TW",
            timezone_id="Asia/Taipei",
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.add_init_script(WATCH)
        contexts.append(context)
        page = context.new_page()
        listen(page, url.split("#")[0])
        page.goto(url)
        page.wait_for_function("() => window.__app?.ready")
        return page

    opener.faults = faults
    yield opener
    for context in contexts:
        for page in context.pages:
            faults.extend(
                f"blocked: {one}" for one in page.evaluate("() => window.__blocked")
            )
        context.close()
    assert faults == []


@pytest.fixture(scope="session")
def axe_source() -> str:
    """The accessibility checker, from npm into a cache outside the checkout."""
    cache = Path.home() / ".cache" / "lianfang-axe"
    script = cache / "package" / "axe.min.js"
    if not script.exists():
        if not shutil.which("npm"):
            pytest.skip("npm is absent: axe-core cannot be fetched")
        cache.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run(
            ["npm", "pack", "--silent", AXE],
            cwd=cache,
            check=False,
            capture_output=True,
        )
        if packed.returncode:
            pytest.skip(f"npm could not fetch {AXE}")
        with tarfile.open(next(cache.glob("axe-core-*.tgz"))) as archive:
            archive.extractall(cache, filter="data")
    return script.read_text("utf-8")


@pytest.fixture
def require_accessible(axe_source):
    """Let the checker look at a page; it must find much to check and nothing wrong."""

    def check(page) -> None:
        # Evaluated by the debugger, not as a script of the page: the policy stays.
        page.evaluate(axe_source)
        violations, passes = page.evaluate(AXE)
        assert passes > 40
        assert violations == []

    return check
