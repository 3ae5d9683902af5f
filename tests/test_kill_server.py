"""A server killed while it saves: whatever it has acknowledged is there, once, and the workspace checks clean."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import urllib.error
import urllib.request
import uuid
from random import Random

from gisapp.app.storing import existing_store
from tests.browsing import free_port, wait_until_healthy
from tests.commands import call
from tests.tiny import X0, Y0, write_tiny_workspace

KILLS = 5
MOST_SAVES = 12
SEED = 20261124
LOST = (urllib.error.URLError, ConnectionError, TimeoutError, json.JSONDecodeError)
SERVER = """
import sys
from pathlib import Path
import uvicorn
from starlette.applications import Starlette
from gisapp.api.routes import routes
from gisapp.app.server import Server
from gisapp.settings import Settings
server = Server(Settings(Path(sys.argv[1]), user="anna"))
print(server.token(), flush=True)
uvicorn.run(Starlette(routes=list(routes(server))), host="127.0.0.1", port=int(sys.argv[2]), log_level="error")
"""


class RunningServer:
    """The app's routes in a process of their own."""

    def __init__(self, folder):
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(folder), str(port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.token = self.process.stdout.readline().strip()
        wait_until_healthy(self.address, self.process)

    def post(self, path, body):
        headers = {"X-Gisapp-Token": self.token, "Content-Type": "application/json"}
        request = urllib.request.Request(self.address + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def kill(self):
        self.process.kill()
        self.process.communicate()


def move(number, op_id):
    """Return the saving number `number` of a series: the corner between two squares goes to and fro."""
    here, there = ([X0 + 100 + 5 * side, Y0] for side in (number % 2, (number + 1) % 2))
    intent = {"op": "reshape", "parcel_ids": ["P0"], "crs": "EPSG:4549", "moves": [{"at": here, "to": there}]}
    return {"intents": [intent], "reason": {"code": "correction"}, "op_id": op_id}


class Planner:
    """Saves one edit after the other until the server is gone; what was under way then is asked for again."""

    def __init__(self):
        self.acknowledged = {}
        self.under_way = None
        self.enough = threading.Event()
        self.wanted = 0

    def save_until_killed(self, server):
        try:
            while True:
                self.under_way = self.under_way or str(uuid.uuid4())
                done = server.post("/api/commit", move(len(self.acknowledged), self.under_way))
                self.acknowledged[self.under_way] = (done["revision"], done["hash"])
                self.under_way = None
                if len(self.acknowledged) >= self.wanted:
                    self.enough.set()
        except LOST:
            self.enough.set()


def survived(folder, planner):
    """Assert that every acknowledged saving is there with its hash and nothing is broken; return their number."""
    store = existing_store(folder)
    try:
        assert store.verify() == []
        for op_id, (number, digest) in planner.acknowledged.items():
            kept = store.revision(number)
            assert (kept.hash, kept.op_id) == (digest, op_id)
        return store.head("official")
    finally:
        store.close()


def test_a_killed_server_has_lost_nothing_that_it_acknowledged(tmp_path):
    folder = write_tiny_workspace(tmp_path / "tiny")
    chance, planner = Random(SEED), Planner()
    for _ in range(KILLS):
        server = RunningServer(folder)
        planner.enough.clear()
        planner.wanted = len(planner.acknowledged) + chance.randrange(1, MOST_SAVES)
        saving = threading.Thread(target=planner.save_until_killed, args=(server,))
        saving.start()
        assert planner.enough.wait(60)
        saving.join(chance.uniform(0.0, 0.03))  # some way into the next saving
        server.kill()
        saving.join(60)
        # The one under way may have been durable before it could be acknowledged.
        assert survived(folder, planner) - len(planner.acknowledged) in (0, 1)
    server = RunningServer(folder)
    try:
        done = server.post("/api/commit", move(len(planner.acknowledged), planner.under_way))
    finally:
        server.kill()
    planner.acknowledged[planner.under_way] = (done["revision"], done["hash"])
    # What was saved without an answer and asked for again counts once.
    assert survived(folder, planner) == len(planner.acknowledged)
    code, report, _ = call("check", folder)
    assert code == 0, report
