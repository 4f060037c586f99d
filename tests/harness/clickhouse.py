"""Real ClickHouse servers on loopback, each in a folder of its own, ended with the block."""

import contextlib
import http.client
import os
import pathlib
import signal
import subprocess

from harness import peers

USER = "default"
PASSWORD = "of-the-tests"
_LONGEST_START_SECONDS = 60.0

_CONFIG = """<?xml version="1.0"?>
<yandex>
  <logger><level>warning</level><console>1</console></logger>
  <listen_host>127.0.0.1</listen_host>
  <http_port>{http}</http_port>
  <tcp_port>{tcp}</tcp_port>
  <path>{folder}/data/</path>
  <tmp_path>{folder}/tmp/</tmp_path>
  <user_files_path>{folder}/user_files/</user_files_path>
  <format_schema_path>{folder}/format_schemas/</format_schema_path>
  <merge_tree><old_parts_lifetime>5</old_parts_lifetime></merge_tree>
  <mark_cache_size>67108864</mark_cache_size>
  <max_concurrent_queries>50</max_concurrent_queries>
  <users_config>users.xml</users_config>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
  <remote_servers><{cluster}>{shards}</{cluster}></remote_servers>
</yandex>
"""

_SHARD = (
    "<shard><replica><host>127.0.0.1</host><port>{tcp}</port>"
    "<user>{user}</user><password>{password}</password></replica></shard>"
)

_USERS = """<?xml version="1.0"?>
<yandex>
  <profiles><default><max_memory_usage>2000000000</max_memory_usage></default></profiles>
  <users><{user}>
    <password>{password}</password>
    <networks><ip>127.0.0.1</ip></networks>
    <profile>default</profile><quota>default</quota>
  </{user}></users>
  <quotas><default><interval>
    <duration>3600</duration><queries>0</queries><errors>0</errors>
    <result_rows>0</result_rows><read_rows>0</read_rows><execution_time>0</execution_time>
  </interval></default></quotas>
</yandex>
"""


class Server:
    """One server: start(), kill() as often as wanted; what it keeps is in its folder."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.http = peers.free_port()
        self.tcp = peers.free_port()
        self._process = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http}"

    def configure(self, cluster: str, servers) -> None:
        self.folder.mkdir(parents=True)
        shards = "".join(
            _SHARD.format(tcp=server.tcp, user=USER, password=PASSWORD) for server in servers
        )
        values = {"http": self.http, "tcp": self.tcp, "folder": self.folder, "cluster": cluster}
        (self.folder / "config.xml").write_text(_CONFIG.format(shards=shards, **values))
        (self.folder / "users.xml").write_text(_USERS.format(user=USER, password=PASSWORD))

    def start(self) -> None:
        program = peers.locate("clickhouse-server")
        assert program, "clickhouse-server is not installed"
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [program, f"--config-file={self.folder}/config.xml"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                start_new_session=True,
            )
        peers.wait_until(self._answers, f"{self.url} to answer", _LONGEST_START_SECONDS)

    def _answers(self) -> bool:
        if self._process.poll() is not None:
            raise AssertionError(f"ended at start: {(self.folder / 'log').read_text()[-4000:]}")
        connection = http.client.HTTPConnection("127.0.0.1", self.http, timeout=2)
        try:
            connection.request("GET", "/ping")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def ask(self, select: str) -> str:
        """The answer, tab-separated."""
        return self.raw(select).decode()

    def raw(self, select: str) -> bytes:
        """The answer as it comes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.http, timeout=60)
        try:
            headers = {"X-ClickHouse-User": USER, "X-ClickHouse-Key": PASSWORD}
            connection.request("POST", "/", body=select, headers=headers)
            answer = connection.getresponse()
            content = answer.read()
            if answer.status != 200:
                raise AssertionError(content.decode("utf-8", "replace"))
            return content
        finally:
            connection.close()

    def signal(self, number: int) -> None:
        """To the server and what it started."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, number)

    def kill(self) -> None:
        """As kill -9 does; returns when it is gone."""
        self.signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()


@contextlib.contextmanager
def servers(folder: pathlib.Path, count: int, cluster: str = "noroshi"):
    """Starts `count` servers that know one another as the shards of a cluster."""
    started = [Server(folder / f"server{at}") for at in range(count)]
    try:
        for server in started:
            server.configure(cluster, started)
        for server in started:
            server.start()
        yield started
    finally:
        for server in started:
            server.kill()
