"""Runs `noroshi serve` on loopback for a test: its own folder, ports and socket, always ended."""

import http.client
import json
import pathlib
import signal
import subprocess
import urllib.error
import urllib.request

from harness import peers, program


# What /readyz says while it collects under the filing for simulated traffic.
READY = "ready\ntrial: observes and judges, acts are off\n"


class Daemon:
    """A running daemon. Use as a context manager; `restart()` and `kill()` in between.

    It collects under Noroshi's own filing for simulated traffic, which is filed with it once it
    runs; with `files=False`, nobody files anything."""

    def __init__(self, folder: pathlib.Path, configuration: str = "", listen=None, files=True):
        self.folder = folder
        self.files = files
        self.udp_port = peers.free_port()
        self.http_port = peers.free_port()
        self.config = folder / "noroshi.toml"
        self.log = folder / "serve.log"
        self.process: subprocess.Popen | None = None
        folder.mkdir(parents=True, exist_ok=True)
        addresses = listen or [f"udp://127.0.0.1:{self.udp_port}"]
        history = "" if "[history]" in configuration else (
            f'[history]\nfolder = "{folder}/state/history"\ninsert_milliseconds = 200\n'
        )
        # By itself it would judge whatever a test stores, in the middle of it.
        judge = "" if "[judge]" in configuration else '[judge]\nat = ""'
        self.config.write_text(
            f"""[collect]
listen = {json.dumps(addresses)}
receive_buffer_mib = 8
[serve]
socket = "{folder}/noroshi.sock"
http = ["127.0.0.1:{self.http_port}"]
state = "{folder}/state"
{judge}
{history}
{configuration}
"""
        )

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(program.locate()), "serve", "--config", str(self.config)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

        def answers():
            if self.process.poll() is not None:
                raise AssertionError(f"the daemon ended: {self.log.read_text()[-2000:]}")
            try:
                return self.get("/healthz")
            except (urllib.error.URLError, ConnectionError, http.client.HTTPException):
                return False  # the last: a connection to itself, while nobody has the port

        peers.wait_until(answers, "the daemon to serve", 60)
        if self.files and not self.collects():
            program.run_well("guard", "file", "--demo", "--config", self.config)
        return self

    def collects(self) -> bool:
        return self.metrics()["noroshi_collecting"] == 1

    def stop(self) -> int:
        """Ends it as a service manager would; its exit status."""
        process, self.process = self.process, None
        if process is None:
            return 0
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise

    def kill(self) -> None:
        """kill -9."""
        process, self.process = self.process, None
        process.kill()
        process.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}{path}", timeout=10) as page:
            return page.read().decode()

    def metrics(self) -> dict[str, float]:
        """Samples without labels by name; labelled ones by `name{labels}`."""
        lines = (line for line in self.get("/metrics").splitlines() if not line.startswith("#"))
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}

    def acknowledged(self) -> int:
        return int(self.metrics()["noroshi_history_acknowledged_flows_total"])

    def wait_for_flows(self, flows: int, seconds: float = 60) -> None:
        """Until so many flows are in the engine itself, so that a question sees them."""

        def arrived():
            return self.metrics()["noroshi_history_inserted_flows_total"] >= flows

        peers.wait_until(arrived, f"{flows} flows in the history", seconds)

    def query(self, *arguments) -> dict:
        """`noroshi flows query … --json`, answered through the daemon's socket."""
        ended = program.run_well("flows", "query", *arguments, "--json", "--config", self.config)
        return json.loads(ended.output)
