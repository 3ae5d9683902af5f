"""What the browser tests share: a server started as a user would, Chromium, and a tab that notes all it does."""

from __future__ import annotations

import io
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

CHROMIUM_SWITCHES = (
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
START_SECONDS = 120
PATIENCE_MS = 60_000
MANY_COLOURS = 200
TOKEN = "x-gisapp-token"


def chromium_path():
    """Return where Chromium is; the test is skipped, saying so, where there is none."""
    found = os.environ.get("GISAPP_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        pytest.skip("no Chromium on this machine (apt-get install chromium, or set GISAPP_CHROMIUM)")
    return found


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_healthy(address, process):
    """Ask for health until it answers; fail with the server's own words if it stops."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the server stopped: {process.stderr.read()}")
        try:
            with urllib.request.urlopen(f"{address}/api/health", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)  # between two questions, not instead of an answer
    pytest.fail("the server did not answer in time")


@contextmanager
def serving(root, *, port=None, **environment):
    """Yield the address of the app on a workspace, started as a user would."""
    port = port or free_port()
    start = "from gisapp.cli.main import run; raise SystemExit(run())"
    process = subprocess.Popen(
        [sys.executable, "-c", start, "serve", str(root), "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_healthy(address, process)
        yield address
    finally:
        process.terminate()
        process.communicate(timeout=30)


@contextmanager
def launched():
    """Yield a headless Chromium."""
    path = chromium_path()
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(CHROMIUM_SWITCHES))
        yield browser
        browser.close()


@dataclass
class Visit:
    """One tab, with everything that it asked for and complained about."""

    page: object
    address: str
    hosts: set = field(default_factory=set)
    complaints: list = field(default_factory=list)
    asked: list = field(default_factory=list)
    token: str = ""

    def open(self, path):
        self.page.goto(self.address + path)
        self.page.locator("gis-bar nav").wait_for(timeout=PATIENCE_MS)

    def go(self, name):
        """Turn to a page of the bar, by its menu where the row has no room for it."""
        button = self.page.locator("gis-bar nav button", has_text=name)
        if button.count() == 0:
            self.page.locator("gis-bar nav .face").click()
        button.click()

    def find(self, text):
        box = self.page.locator("gis-search input")
        box.fill(text)
        self.page.locator("gis-search [role=option]").first.wait_for(timeout=PATIENCE_MS)
        box.press("Enter")

    def get(self, path, **query):
        """Return the answer of a route to this tab's token."""
        url = f"{self.address}/api{urllib.parse.quote(path)}?{urllib.parse.urlencode(query)}"
        request = urllib.request.Request(url, headers={TOKEN: self.token})
        with urllib.request.urlopen(request, timeout=PATIENCE_MS / 1000) as answer:
            return json.load(answer)

    def assert_clean(self, *, refused=()):
        """Assert that nothing left the machine and the console is silent, but for answers of status `refused`."""
        assert self.hosts == {urlsplit(self.address).netloc}
        expected = [f"the server responded with a status of {status} " for status in refused]
        assert [line for line in self.complaints if not any(words in line for words in expected)] == []


@contextmanager
def visiting(chromium, address, **options):
    """Yield a tab of its own, as of another person."""
    context = chromium.new_context(
        **{"viewport": {"width": 1366, "height": 768}, "accept_downloads": True} | options
    )
    page = context.new_page()
    tab = Visit(page, address)

    def heard(message):
        if message.type == "error":
            tab.complaints.append(message.text)

    def asked(url):
        if urlsplit(url).scheme in ("http", "https", "ws", "wss"):
            tab.hosts.add(urlsplit(url).netloc)

    def requested(request):
        asked(request.url)
        tab.asked.append((request.method, urlsplit(request.url).path))
        tab.token = request.headers.get(TOKEN, tab.token)

    context.on("request", requested)
    page.on("websocket", lambda channel: asked(channel.url))
    page.on("console", heard)
    page.on("pageerror", lambda error: tab.complaints.append(str(error)))
    try:
        yield tab
    finally:
        context.close()


def colours_of(page, box):
    """Return how many colours a part of the window shows."""
    from PIL import Image

    picture = Image.open(io.BytesIO(page.screenshot(clip=box))).convert("RGB")
    return len(picture.getcolors(maxcolors=picture.width * picture.height))


def wait_until_painted(page, box):
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < deadline:
        if colours_of(page, box) > MANY_COLOURS:
            return
        page.wait_for_timeout(200)
    pytest.fail("the map stayed empty")
