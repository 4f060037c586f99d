"""A time stamping authority (RFC 3161) on loopback: `openssl ts` behind a small HTTP server, which can
be told to answer badly."""

import http.server
import pathlib
import subprocess
import threading
import time

_CONFIG = """
oid_section = oids
[oids]
test_policy = 1.2.3.4.1
[tsa]
default_tsa = test_tsa
[test_tsa]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = test_policy
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[signer]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
"""


def _openssl(*arguments) -> None:
    completed = subprocess.run(
        ["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False
    )
    if completed.returncode != 0:
        raise AssertionError(f"openssl {arguments[0]}: {completed.stderr}")


def make_authority(folder: pathlib.Path, name: str) -> None:
    """A root and an authority below it: ca.pem, tsa.pem, tsa.key in a new folder."""
    folder.mkdir(parents=True)
    config = folder / "openssl.cnf"
    config.write_text(_CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    _openssl("req", "-x509", *key, "-config", config, "-extensions", "ca", "-days", "2",
             "-subj", f"/CN={name} root", "-keyout", folder / "ca.key", "-out", folder / "ca.pem")
    _openssl("req", "-new", *key, "-config", config, "-subj", f"/CN={name}",
             "-keyout", folder / "tsa.key", "-out", folder / "tsa.csr")
    _openssl("x509", "-req", "-in", folder / "tsa.csr", "-CA", folder / "ca.pem",
             "-CAkey", folder / "ca.key", "-CAcreateserial", "-days", "2",
             "-extfile", config, "-extensions", "signer", "-out", folder / "tsa.pem")  # fmt: skip


class Authority:
    """Answers at `url`; `behave` says how: good, wrong_imprint, wrong_nonce, untrusted, garbage, huge,
    silent, unavailable, refusing."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.behave = "good"
        self.asked = 0
        make_authority(folder / "authority", "Test authority")
        make_authority(folder / "stranger", "Stranger")
        self.ca = folder / "authority" / "ca.pem"
        authority = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                authority.asked += 1
                request = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = authority._answer(self.headers["Content-Type"], request)
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/timestamp-reply")
                    self.end_headers()
                    self.wfile.write(answer)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # whoever asked has had enough

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/tsa"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, content_type: str, request: bytes) -> tuple[int, bytes]:
        if content_type != "application/timestamp-query":
            return 415, b""
        if self.behave == "unavailable":
            return 503, b"come back later"
        if self.behave == "garbage":
            return 200, b"<html>no time stamp here</html>"
        if self.behave == "huge":
            return 200, b"\x30\x82\xff\xff" + bytes(4 << 20)
        if self.behave == "silent":
            time.sleep(60)
            return 200, b""
        if self.behave == "refusing":
            request = request[:-5]
        name = "stranger" if self.behave == "untrusted" else "authority"
        folder = self.folder / name
        query = self.folder / f"query-{self.asked}"
        reply = self.folder / f"reply-{self.asked}"
        query.write_bytes(request)
        if self.behave in ("wrong_imprint", "wrong_nonce"):
            # The same question again with another nonce; about something else, if asked to.
            data = self.folder / "data"
            data.write_bytes(b"something else")
            about = ["-data", data]
            if self.behave == "wrong_nonce":
                about = ["-digest", self._imprint(query)]
            _openssl("ts", "-query", *about, "-sha256", "-cert", "-out", query)
        _openssl("ts", "-reply", "-config", folder / "openssl.cnf", "-section", "test_tsa",
                 "-queryfile", query, "-out", reply)  # fmt: skip
        return 200, reply.read_bytes()

    def _imprint(self, query: pathlib.Path) -> str:
        der = query.read_bytes()
        return der[der.index(b"\x04\x20") + 2 :][:32].hex()  # the only OCTET STRING of 32 octets
