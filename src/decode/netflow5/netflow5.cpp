#include "decode/netflow5/netflow5.h"

#include "base/byte_reader.h"

namespace noroshi {
namespace {

constexpr std::size_t kRecord = 48;

}  // namespace

const TemplateDefinition& netflow5_record() {
  static const TemplateDefinition definition{.fields =
                                                 {
                                                     {kIana, 8, 4},    // srcaddr
                                                     {kIana, 12, 4},   // dstaddr
                                                     {kIana, 15, 4},   // nexthop
                                                     {kIana, 10, 2},   // input
                                                     {kIana, 14, 2},   // output
                                                     {kIana, 2, 4},    // dPkts
                                                     {kIana, 1, 4},    // dOctets
                                                     {kIana, 22, 4},   // first
                                                     {kIana, 21, 4},   // last
                                                     {kIana, 7, 2},    // srcport
                                                     {kIana, 11, 2},   // dstport
                                                     {kIana, 210, 1},  // pad1
                                                     {kIana, 6, 1},    // tcp_flags
                                                     {kIana, 4, 1},    // prot
                                                     {kIana, 5, 1},    // tos
                                                     {kIana, 16, 2},   // src_as
                                                     {kIana, 17, 2},   // dst_as
                                                     {kIana, 9, 1},    // src_mask
                                                     {kIana, 13, 1},   // dst_mask
                                                     {kIana, 210, 2},  // pad2
                                                 },
                                             .scope_fields = 0,
                                             .is_options = false};
  return definition;
}

bool decode_netflow5(const Datagram& datagram, const Decoder::Config& config,
                     SessionTable& sessions, Workspace& workspace, FlowBatch& batch,
                     DecodeStatistics& statistics) {
  static const Program program = compile(netflow5_record());
  ByteReader reader(datagram.payload);
  reader.skip(2);  // version
  const auto count = reader.read_u16();
  const auto uptime = reader.read_u32();
  const std::uint64_t seconds = reader.read_u32();
  const std::uint64_t nanoseconds = reader.read_u32();
  const auto sequence = reader.read_u32();
  const auto engine = reader.read_u16();
  const auto sampling = reader.read_u16();
  if (!reader.ok()) {
    statistics.count(Undecodable::kTruncatedHeader);
    return false;
  }
  if (count * kRecord > reader.remaining()) {
    statistics.count(Undecodable::kCountMismatch);
    return false;
  }
  ++statistics.datagrams;
  auto& session = sessions.open(
      {datagram.exporter, config.port_in_session_key ? datagram.exporter_port : Port{},
       ExportProtocol::kNetflow5, engine},
      statistics);
  noroshi::count(session.sequence.observe(sequence, count), &DecodeStatistics::lost_records,
                 statistics);

  constexpr std::uint16_t kInterval = 0x3fff;
  session.sampling.announce_domain(sampling & kInterval);
  const ExportMessage message{
      ExportTime(seconds * 1000 + nanoseconds / 1'000'000, datagram.received), datagram.exporter,
      engine, uptime};
  const RunState state{session.sampling, session.system_start, config.default_sampling_rate};
  run(program, reader.read_bytes(count * kRecord), message, state, workspace, batch, statistics);
  if (reader.remaining() >= kRecord) statistics.count(Undecodable::kUnsupportedFeature);
  return true;
}

}  // namespace noroshi
