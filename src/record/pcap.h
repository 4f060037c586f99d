#pragma once

#include <bit>

#include "record/packet_source.h"

namespace noroshi {

/// Reads classic capture files (draft-ietf-opsawg-pcap): microseconds and nanoseconds, either byte
/// order, and the "modified" form with longer record headers that early Linux kernels' libpcap
/// patches wrote (magic a1b2cd34).
///
/// A record that claims more than kLargestPacket or than the file still holds is damage
/// ("malformed_packet") if there is a place behind it where two record headers follow one another
/// plausibly: reading goes on there, and what lies between is counted in "skipped_bytes". Without
/// one, a record that the file does not hold whole is a "truncated_packet".
class PcapReader final : public PacketSource {
 public:
  [[nodiscard]] static bool recognises(std::span<const std::byte> head);
  /// Fails when the file header is cut short or of another version than 2.
  [[nodiscard]] static Result<std::unique_ptr<PcapReader>> open(Input input);

  Result<std::optional<Packet>> next(RecordingStatistics& statistics) override;
  const Input& input() const override { return input_; }

 private:
  struct Format {
    std::endian order = std::endian::little;
    bool nanoseconds = false;
    bool modified = false;
    bool lengths_may_be_swapped = false;  ///< before version 2.4
    LinkType link = LinkType::kEthernet;

    [[nodiscard]] std::size_t header_length() const { return modified ? 24 : 16; }
  };
  struct Record {
    std::uint32_t seconds = 0;
    std::uint32_t fraction = 0;
    std::uint32_t captured_length = 0;
    std::uint32_t original_length = 0;
  };

  PcapReader(Input input, Format format) : input_(std::move(input)), format_(format) {}

  [[nodiscard]] static std::optional<Format> read_magic(std::span<const std::byte> head);
  [[nodiscard]] std::optional<Record> read_record(std::span<const std::byte> bytes) const;
  [[nodiscard]] bool is_plausible(const Record& record) const;
  /// Consumes input up to the next plausible record, or to the end and returns false.
  Result<bool> resynchronise();
  /// Resynchronises and counts: `otherwise` is what it was when no record follows.
  Result<bool> recover(std::string_view otherwise, RecordingStatistics& statistics);

  Input input_;
  Format format_;
  std::uint32_t last_seconds_ = 0;
};

}  // namespace noroshi
