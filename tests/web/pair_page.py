"""What the tests of pairs do with the page: open a lead, and read what is told."""

from __future__ import annotations

PAYLOAD = '<img src=x onerror="window.pwned=1">'


def idle(page) -> None:
    page.evaluate("() => window.__app.whenIdle()")


def opened(open_page, url: str, lead: str, **options):
    page = open_page(f"{url}#lead={lead}", **options)
    page.wait_for_selector("#detail .waterfall")
    return page


def told(page, word: str) -> list[str]:
    """What both reports say of something, and what the evidence makes of it."""
    row = page.locator("#detail .told-twice tbody tr").filter(
        has=page.locator("th", has_text=word)
    )
    mark = row.locator("th .unseen")
    made = mark.text_content() if mark.count() else ""
    return [*row.locator("td").all_inner_texts(), made]
