#include "record/capture.h"

#include <algorithm>
#include <utility>

#include "base/byte_order.h"
#include "record/pcap.h"
#include "record/pcapng.h"

namespace noroshi {
namespace {

constexpr std::size_t kUdpHeaderLength = 8;

template <typename Reader>
Result<std::unique_ptr<Recording>> open_capture(Input input, const char* format,
                                                const RecordingOptions& options) {
  auto source = TRY(Reader::open(std::move(input)));
  return std::unique_ptr<Recording>(std::make_unique<Capture>(std::move(source), format, options));
}

/// What the packet holds of a UDP payload, and how much its header says there is: without Ethernet
/// padding, and a length that cannot be counts for nothing.
struct UdpPayload {
  std::span<const std::byte> captured;
  std::size_t length = 0;
};

UdpPayload udp_payload(std::span<const std::byte> packet, const PacketHeaders& headers) {
  const auto begin = headers.layer4_payload_offset;
  const auto rest = packet.subspan(begin);
  // has_layer4 of UDP promises the ports only; the length field is behind them.
  if (begin < headers.layer4_offset + kUdpHeaderLength) return {};
  const std::size_t stated = load_big_endian<std::uint16_t>(packet.data() + begin - 4);
  if (stated < kUdpHeaderLength) return {rest, rest.size()};
  const auto length = stated - kUdpHeaderLength;
  return {rest.first(std::min(rest.size(), length)), length};
}

}  // namespace

const RecordingFormat kPcap{.recognises = PcapReader::recognises,
                            .open = [](Input input, const RecordingOptions& options) {
                              return open_capture<PcapReader>(std::move(input), "pcap", options);
                            }};

const RecordingFormat kPcapng{.recognises = PcapngReader::recognises,
                              .open = [](Input input, const RecordingOptions& options) {
                                return open_capture<PcapngReader>(std::move(input), "pcapng",
                                                                  options);
                              }};

std::size_t Capture::TupleHash::operator()(const Tuple& tuple) const {
  const auto source = mix(tuple.source.high() ^ seed, tuple.source.low());
  const auto destination = mix(tuple.destination.high(), tuple.destination.low());
  return mix(mix(source, destination), tuple.ports);
}

Capture::Capture(std::unique_ptr<PacketSource> source, std::string format,
                 const RecordingOptions& options)
    : source_(std::move(source)),
      format_(std::move(format)),
      decoder_({.default_sampling_rate = options.default_sampling_rate}),
      meter_(options.meter, kMostFlows),
      exporters_(kMostExporterTuples, TupleHash{Meter::unpredictable_seed()}),
      fragments_(Meter::unpredictable_seed()) {}

Result<bool> Capture::read(FlowBatch& batch) {
  batch.clear();
  while (!ended_ && batch.size() < kRowsPerRead) {
    const auto packet = TRY(source_->next(statistics_));
    if (packet) {
      take(*packet, batch);
      continue;
    }
    ended_ = true;
    meter_.finish(last_rows_);
    if (fragments_.incomplete() != 0)
      statistics_.count_damage("incomplete_export", fragments_.incomplete());
  }
  if (ended_) take_last_rows(batch);
  count();
  return !batch.empty();
}

void Capture::take(const Packet& packet, FlowBatch& batch) {
  ++statistics_.packets_read;
  const auto headers = read_packet_headers(packet.link, packet.bytes);
  if (!headers) {
    ++statistics_.packets_ignored;
    return;
  }
  if (!take_export(packet, *headers, batch)) meter(packet, *headers, batch);
}

bool Capture::take_export(const Packet& packet, const PacketHeaders& headers, FlowBatch& batch) {
  if (headers.protocol != kUdp.value) return false;
  if (headers.is_later_fragment) {
    const auto end = std::min<std::size_t>(packet.bytes.size(), headers.ip_end_offset);
    const auto payload = packet.bytes.first(end).subspan(headers.layer4_offset);
    const auto addition = fragments_.add(headers, payload);
    if (addition.whole)
      decode(headers, addition.whole->source_port, packet, addition.whole->payload, batch);
    return addition.belongs;
  }
  if (!headers.has_layer4) return false;
  const auto payload = udp_payload(packet.bytes, headers);
  if (!is_exporter(headers, payload.captured)) return false;
  if (headers.is_fragment && payload.captured.size() < payload.length)
    fragments_.begin(headers, payload.captured, payload.length);
  else
    decode(headers, headers.source_port, packet, payload.captured, batch);
  return true;
}

bool Capture::is_exporter(const PacketHeaders& headers, std::span<const std::byte> payload) {
  const Tuple tuple{
      headers.source_address, headers.destination_address,
      static_cast<std::uint32_t>(headers.source_port) << 16 | headers.destination_port};
  if (exporters_.size() > 0 && exporters_.find(tuple) != nullptr) return true;
  if (!looks_like_export(payload)) return false;
  if (exporters_.full()) exporters_.evict_oldest();
  exporters_.insert(tuple, true);
  return true;
}

void Capture::decode(const PacketHeaders& headers, std::uint16_t source_port, const Packet& packet,
                     std::span<const std::byte> payload, FlowBatch& batch) {
  statistics_.add_exporter(headers.source_address);
  decoder_.decode(
      {.exporter = headers.source_address,
       .exporter_port = {source_port},
       .received = Timestamp(std::chrono::floor<std::chrono::milliseconds>(packet.time)),
       .payload = payload},
      batch);
}

void Capture::meter(const Packet& packet, PacketHeaders headers, FlowBatch& batch) {
  // A host that leaves segmentation to its network card states no length; the capture knows.
  if (headers.ip_length_unstated && packet.original_length > packet.bytes.size())
    headers.ip_length += packet.original_length - static_cast<std::uint32_t>(packet.bytes.size());
  meter_.add(headers, packet.time, batch);
}

void Capture::take_last_rows(FlowBatch& batch) {
  const auto room = kRowsPerRead - std::min(batch.size(), kRowsPerRead);
  const auto end = last_rows_taken_ + std::min(room, last_rows_.size() - last_rows_taken_);
  for (; last_rows_taken_ < end; ++last_rows_taken_) batch.append_row(last_rows_, last_rows_taken_);
}

void Capture::count() {
  statistics_.decode = decoder_.statistics();
  statistics_.decode.records += meter_.statistics().flows;
  statistics_.decode.flows += meter_.statistics().flows;
}

}  // namespace noroshi
