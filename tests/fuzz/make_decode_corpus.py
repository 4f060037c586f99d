#!/usr/bin/env python3
"""Writes the seeds of the netflow5, netflow9 and ipfix fuzz targets: every form of set, template,
field and option that the decoders treat in a way of its own, all values invented.

    make_decode_corpus.py tests/fuzz/corpus
"""

import pathlib
import struct
import sys

IPFIX, V9 = 10, 9
SECONDS = 1_700_000_000


def number(value, width):
    return value.to_bytes(width, "big")


def variable(content):
    if len(content) < 255:
        return number(len(content), 1) + content
    return b"\xff" + number(len(content), 2) + content


def message(version, *sets, domain=7, sequence=0):
    body = b"".join(sets)
    if version == IPFIX:
        return struct.pack(">HHIII", IPFIX, 16 + len(body), SECONDS, sequence, domain) + body
    return struct.pack(">HHIIII", V9, len(sets), 3_600_000, SECONDS, sequence, domain) + body


def a_set(identifier, content):
    return struct.pack(">HH", identifier, 4 + len(content)) + content


def fields(specifiers):
    out = b""
    for specifier in specifiers:
        element, length, *enterprise = specifier
        out += struct.pack(">HH", element | (0x8000 if enterprise else 0), length)
        if enterprise:
            out += number(enterprise[0], 4)
    return out


def template(version, identifier, specifiers):
    record = struct.pack(">HH", identifier, len(specifiers)) + fields(specifiers)
    return a_set(2 if version == IPFIX else 0, record)


def options_template(version, identifier, scopes, specifiers):
    if version == IPFIX:
        head = struct.pack(">HHH", identifier, len(scopes) + len(specifiers), len(scopes))
        return a_set(3, head + fields(scopes) + fields(specifiers))
    head = struct.pack(">HHH", identifier, 4 * len(scopes), 4 * len(specifiers))
    return a_set(1, head + fields(scopes) + fields(specifiers))


def filler(specifiers, seed):
    """One record: each field counts up from `seed`, so that neighbours differ."""
    out = b""
    for place, (_, length, *_rest) in enumerate(specifiers):
        if length == 65535:
            out += variable(bytes([65 + place % 20]) * (seed % 7))
        else:
            out += bytes((seed + place) % 251 for _ in range(length))
    return out


ROUTER = [(8, 4), (12, 4), (15, 4), (10, 4), (14, 4), (2, 4), (1, 4), (22, 4), (21, 4), (7, 2),
          (11, 2), (6, 1), (4, 1), (5, 1), (16, 4), (17, 4), (61, 1)]
SIX = [(27, 16), (28, 16), (62, 16), (152, 8), (153, 8), (1, 8), (2, 8), (139, 2), (4, 1)]
TIMES = [(150, 4), (151, 8), (154, 8), (155, 8), (156, 8), (157, 8), (158, 4), (159, 4), (160, 8),
         (161, 4), (322, 4), (323, 8)]
BOTH = [(8, 4), (27, 16), (12, 4), (28, 16), (15, 4), (18, 4), (62, 16), (63, 16), (225, 4),
        (281, 16), (226, 4), (282, 16), (227, 2), (228, 2), (230, 1)]
NSEL = [(148, 4), (8, 4), (7, 2), (12, 4), (11, 2), (4, 1), (176, 1), (177, 1), (233, 1), (323, 8),
        (231, 4), (232, 4)]
OLD_NSEL = [(8, 4), (12, 4), (40001, 4), (40002, 4), (40003, 2), (40004, 2), (40005, 1), (85, 4)]
ODD = [(1, 3), (2, 5), (10, 6), (14, 7), (6, 2), (0, 0), (1, 16), (4, 1), (32, 2), (34, 4), (48, 2),
       (302, 8), (309, 4), (310, 4)]
VARYING = [(2, 4), (82, 65535), (1, 4), (83, 65535), (6, 1)]
BIFLOW = [(1, 4), (1, 4, 29305), (2, 4), (2, 4, 29305), (239, 1), (14, 1, 6871), (15, 1, 6871),
          (0x4000 | 14, 1, 6871), (293, 65535), (99, 3, 4242)]
FRAME = [(315, 65535), (10, 4)]
PACKET = [(313, 40), (14, 4)]

UDP_PACKET = bytes.fromhex("4500003c000000004011000 0c0000201c0000202".replace(" ", "")) + \
    bytes.fromhex("14e9003500280000") + bytes(12)


def seeds(version):
    plain = {"router": ROUTER, "six": SIX, "times": TIMES, "both": BOTH, "nsel": NSEL, "odd": ODD,
             "varying": VARYING}
    if version == V9:
        plain["old_nsel"] = OLD_NSEL
    else:
        plain["biflow"] = BIFLOW
    for name, specifiers in plain.items():
        records = b"".join(filler(specifiers, seed) for seed in (1, 5, 80))
        yield name, [message(version, template(version, 300, specifiers), a_set(300, records)),
                     message(version, a_set(300, records + bytes(3)), sequence=3)]
    frame = bytes(12) + b"\x08\x00" + UDP_PACKET
    yield "sections", [message(version, template(version, 300, FRAME), template(version, 301, PACKET)),
                       message(version, a_set(300, variable(frame) + number(4, 4)),
                               a_set(301, UDP_PACKET + number(5, 4)))]
    scope = [(149, 4)] if version == IPFIX else [(1, 4)]
    interface = [(10, 4)] if version == IPFIX else [(2, 4)]
    yield "sampling", [
        message(version, options_template(version, 400, scope, [(48, 1), (49, 1), (50, 4)]),
                options_template(version, 401, scope, [(302, 4), (305, 4), (306, 4)]),
                options_template(version, 402, interface, [(34, 4), (160, 8), (82, 65535)])),
        message(version, a_set(400, number(1, 4) + b"\1\2" + number(100, 4)),
                a_set(401, number(1, 4) + number(9, 4) + number(0x01000000, 4) + number(0xe7030000, 4)),
                a_set(402, number(3, 4) + number(64, 4) + number(SECONDS * 1000, 8) + variable(b"eth0"))),
        message(version, template(version, 300, [(10, 4), (48, 1), (302, 8), (22, 4)]),
                a_set(300, number(3, 4) + b"\1" + number(9, 8) + number(1000, 4))),
    ]
    small = [(8, 4), (2, 4)]
    yield "order", [
        message(version, a_set(300, bytes(8)), template(version, 300, small), a_set(300, bytes(range(16)))),
        message(version, template(version, 300, [(2, 8)]), a_set(300, bytes(range(8)))),
        message(version, template(version, 300, [(2, 0)]), a_set(300, bytes(8)) + bytes(40)),
        message(version, template(version, 300, []), a_set(300, bytes(8)), a_set(77, bytes(4))),
    ]
    if version == IPFIX:
        withdraw = [a_set(2, number(n, 2) + bytes(2)) for n in (300, 2)] + [a_set(3, number(3, 2) + bytes(2))]
        yield "withdrawal", [message(version, template(version, 300, small)), message(version, *withdraw),
                             message(version, a_set(300, bytes(8)))]
        yield "glued", [message(version, template(version, 300, small)) * 2]


def netflow5():
    record = struct.pack(">IIIHHIIIIHHBBBBHHBBH", 0x0a000001, 0xc0000201, 0xc00002fe, 3, 4, 7, 700,
                         3_590_000, 3_595_000, 1024, 443, 0, 0x1b, 6, 0, 64500, 64501, 24, 24, 0)
    for name, count, held, sampling in (("one", 1, 1, 0), ("thirty", 30, 30, 0x4064), ("short", 3, 2, 0),
                                        ("long", 1, 3, 0), ("none", 0, 0, 0)):
        header = struct.pack(">HHIIIIHH", 5, count, 3_600_000, SECONDS, 250_000_000, 9, 0x0203, sampling)
        yield name, header + record * held


def write(folder, name, content):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def main(corpus):
    for target, version in (("netflow9", V9), ("ipfix", IPFIX)):
        for name, datagrams in seeds(version):
            write(corpus / target, name, b"".join(number(len(d), 2) + d for d in datagrams))
    for name, datagram in netflow5():
        write(corpus / "netflow5", name, datagram)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
