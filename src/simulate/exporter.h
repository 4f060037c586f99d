#pragma once

#include <memory>
#include <string_view>

#include "encode/encoder.h"
#include "encode/pcap.h"
#include "simulate/scenario.h"

namespace noroshi::simulate {

/// The encoder of the router that speaks this protocol. All routers have run for twelve days when
/// the scenario starts.
[[nodiscard]] std::unique_ptr<Encoder> make_encoder(ExportProtocol protocol,
                                                    const Scenario& scenario);

/// From the router to its collector, both in 203.0.113.0/24, on the protocol's usual port.
[[nodiscard]] PcapEncoder::Route route_of(ExportProtocol protocol);

/// "netflow5", "netflow9", "ipfix", "sflow".
[[nodiscard]] std::string_view to_string(ExportProtocol protocol);

}  // namespace noroshi::simulate
