#include "flows.h"

namespace noroshi {

void add_flows_commands(CLI::App& app, Action& action) {
  auto* flows = app.add_subcommand("flows", "Ask flows anything, in nfdump's filter language.");
  flows->require_subcommand(1);
  flows->footer(
      "Examples:\n"
      "  noroshi flows query 'dst port 23 and flags S' --stat srcip/flows --file nfcapd.2026*\n"
      "  noroshi flows top dstport/bytes 'proto udp' --file router.pcap\n"
      "  noroshi flows series 'host 192.0.2.1' --step 5m --file router.pcap\n"
      "  noroshi flows trend --by service --step 1d --last 365d\n"
      "  noroshi flows export 'net 192.0.2.0/24' --format nfcapd --to-file case.nfcapd --file "
      "router.pcap");
  add_flows_query(*flows, action);
  add_flows_top(*flows, action);
  add_flows_series(*flows, action);
  add_flows_trend(*flows, action);
  add_flows_export(*flows, action);
  add_flows_import(*flows, action);
}

}  // namespace noroshi
