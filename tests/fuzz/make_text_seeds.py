#!/usr/bin/env python3
"""Writes the seeds of the text recordings' fuzz targets: tests/fuzz/corpus/{zeek,feed,…}.

Small files made here, none copied from a capture. Run it again after a change of format.
"""

import json
import pathlib

CORPUS = pathlib.Path(__file__).parent / "corpus"

ZEEK_FIELDS = (
    "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes "
    "conn_state local_orig local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts "
    "resp_ip_bytes tunnel_parents"
).split()
ZEEK_ROWS = [
    "1700000000.5 C1 192.0.2.1 40000 198.51.100.1 80 tcp http 1.25 100 2000 SF T F 0 ShADadFf 6 "
    "420 5 2260 (empty)",
    "19.98 C2 2001:db8::1 5353 2001:db8::2 53 udp dns - - - S0 - - 0 D 1 76 0 0 -",
    "20 C3 192.0.2.1 8 192.0.2.9 0 icmp - 1e-05 8 8 OTH - - 0 - 1 36 1 36 -",
    "21.000001 C4 192.0.2.1 1 192.0.2.9 2 tcp - 3 0 0 REJ - - 0 - 1 40 1 40 -",
    "22 C5 192.0.2.1 1 192.0.2.9 2 tcp - 3 0 0 S1 - - 0 ^hA 1 40 1 40 -",
]
ARGUS_FIELDS = (
    "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,"
    "SrcBytes,SrcPkts,Label"
)
ARGUS_ROWS = [
    "2026/11/22 10:00:00.123456,1.5,tcp,192.0.2.1,40000,   ->,198.51.100.1,80,FSPA_FSPA,0,0,10,1000,400,4,",
    "2026/11/22 10:00:01.000000,0.0,udp,192.0.2.1,5353,  <->,198.51.100.2,53,CON,0,0,2,150,70,1,",
    "2026/11/22 10:00:02.000000,0.0,icmp,192.0.2.1,0x0303,   ->,198.51.100.2,0x7208,URP,0,,1,60,60,1,",
    "2026/11/22 10:00:03.000000,9.0,tcp,198.51.100.2,443,  <?>,192.0.2.1,40001,PA_PA,0,0,9,900,500,5,",
    "2026/11/22 10:00:04.000000,0.0,arp,192.0.2.1,,  who,192.0.2.2,,CON,,,2,84,42,1,",
    "1700000000.25,1,tcp,192.0.2.1,1,?>,192.0.2.2,2,REQ,0,0,1,60,60,1,",
]
FLOWS = [
    {
        "kind": "bidirectional",
        "first": "2026-11-22T10:00:00.123Z",
        "last": "2026-11-22T19:00:01.000+09:00",
        "received": None,
        "source_address": "192.0.2.1",
        "destination_address": "2001:db8::1",
        "source_port": 40000,
        "destination_port": 443,
        "protocol": "tcp",
        "tcp_flags": "FSPA",
        "reverse_tcp_flags": "SA",
        "packets": 10,
        "bytes": 1000,
        "sampling_rate": 1000,
        "exporter": "203.0.113.1",
        "direction": "ingress",
    },
    {"source_address": "192.0.2.1", "destination_address": "192.0.2.2", "protocol": "47"},
    {
        "kind": "event",
        "source_address": "192.0.2.1",
        "destination_address": "192.0.2.2",
        "first": "253402300800000",
        "event": 4,
        "translated_source_address": "198.51.100.77",
        "translated_source_port": 65535,
    },
]


def write(target: str, name: str, text: str) -> None:
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


def zeek() -> None:
    rows = [dict(zip(ZEEK_FIELDS, row.split())) for row in ZEEK_ROWS]
    comments = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
    header = comments + "#fields\t" + "\t".join(ZEEK_FIELDS) + "\n"
    body = "".join("\t".join(row.values()) + "\n" for row in rows)
    write("zeek", "plain.log", header + body + "#close\t2026-11-22-10-00-00\n")
    write("zeek", "twice.log", (header + body) * 2)
    write("zeek", "glued.log", header[:-1] + "   label   detailed-label\n" + body.replace("\n", "   x   -\n"))
    for separator, name in (("|", "bars.csv"), (",", "commas.csv")):
        lines = [separator.join(ZEEK_FIELDS)] + [separator.join(row.values()) for row in rows]
        write("zeek", name, "\n".join(lines) + "\n")
    objects = []
    for row in rows:
        number = {"ts", "id.orig_p", "id.resp_p", "duration", "orig_pkts", "orig_ip_bytes", "resp_pkts"}
        objects.append(
            {k: float(v) if k in number and v != "-" else v for k, v in row.items() if v != "-"}
        )
    write("zeek", "lines.json", "".join(json.dumps(one) + "\n" for one in objects))
    write("zeek", "array.json", json.dumps(objects, indent=1))


def binetflow() -> None:
    lines = [ARGUS_FIELDS, *ARGUS_ROWS]
    write("binetflow", "plain.binetflow", "\n".join(lines) + "\n")
    write("binetflow", "tabs.binetflow", "\n".join(line.replace(",", "\t") for line in lines))
    fewer = [",".join(line.split(",")[:14]) for line in lines]
    write("binetflow", "no_source_packets.binetflow", "\n".join(fewer) + "\n")


def flows() -> None:
    names = sorted({name for flow in FLOWS for name in flow})
    lines = [",".join(names)]
    for flow in FLOWS:
        lines.append(",".join("" if flow.get(n) is None else str(flow[n]) for n in names))
    write("flow_csv", "flows.csv", "\n".join(lines) + "\n")
    quoted = [",".join(f'"{value}"' for value in line.split(",")) for line in lines]
    write("flow_csv", "quoted.csv", "\r\n".join(quoted) + "\r\n")
    write("flow_json", "lines.json", "".join(json.dumps(flow) + "\n" for flow in FLOWS))
    write("flow_json", "array.json", json.dumps(FLOWS, indent=2))


def feeds() -> None:
    """The first octet is the format: feed_fuzz.cpp."""
    write("feed", "addresses.txt", "\x00# list\n198.51.100.7:23\n203.0.113.9 # x\n[2001:db8::1]:81\n/a\n")
    write("feed", "feodo.csv", '\x01"first_seen_utc","dst_ip"\n"2026-11-20 10:00:00","198.51.100.9",'
          '"8443","online","2026-11-21","Emotet"\n')
    write("feed", "threatfox.csv", '\x02"2026-11-20 10:00:00", "1", "198.51.100.3:48101", "ip:port", '
          '"botnet_cc", "elf.mirai", "None", "Mirai", "2026-11-21 10:00:00", "100"\n')
    write("feed", "bambenek.txt", "\x03198.51.100.190,IP used by mirai C&C,2026-11-20 18:02,http://x/\n")


if __name__ == "__main__":
    feeds()
    zeek()
    binetflow()
    flows()
