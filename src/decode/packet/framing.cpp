#include "decode/packet/framing.h"

#include "base/byte_reader.h"

namespace noroshi {
namespace {

/// Tags, labels, sessions and inner frames together. Real stacks are below ten.
constexpr int kMostLayers = 32;
constexpr std::size_t kLongestPacketInformation = 4096;

// IEEE "EtherType" registry.
constexpr std::uint16_t kIpv4Type = 0x0800;
constexpr std::uint16_t kIpv6Type = 0x86dd;
constexpr std::uint16_t kVlanType = 0x8100;
constexpr std::uint16_t kServiceVlanType = 0x88a8;
constexpr std::uint16_t kOldServiceVlanType = 0x9100;
constexpr std::uint16_t kMplsType = 0x8847;
constexpr std::uint16_t kMplsMulticastType = 0x8848;
constexpr std::uint16_t kPppSessionType = 0x8864;
constexpr std::uint16_t kLargestFrameLength = 1500;  // a "type" up to here is an 802.3 length

// IANA "PPP DLL Protocol Numbers".
constexpr std::uint16_t kPppIpv4 = 0x0021;
constexpr std::uint16_t kPppIpv6 = 0x0057;
constexpr std::uint16_t kPppMpls = 0x0281;
constexpr std::uint16_t kPppMplsMulticast = 0x0283;

/// One walk over one packet. Each step returns the Framing found behind it, or nullopt.
class Walk {
 public:
  explicit Walk(std::span<const std::byte> packet) : reader_(packet) {}

  std::optional<Framing> link(LinkType link) {
    switch (link) {
      case LinkType::kEthernet:
        return ethernet();
      case LinkType::kNull:
      case LinkType::kLoopback:
        return loopback();
      case LinkType::kPpp:
      case LinkType::kPppSerial:
        return ppp_or_hdlc();
      case LinkType::kPppEthernet:
        return ppp_session();
      case LinkType::kCiscoHdlc:
        return cisco_hdlc();
      case LinkType::kLinuxCooked:
        reader_.skip(14);
        return ether_type(reader_.read_u16());
      case LinkType::kLinuxCooked2: {
        const auto type = reader_.read_u16();
        reader_.skip(18);
        return ether_type(type);
      }
      case LinkType::kRawIp:
      case LinkType::kRawIpBsd:
      case LinkType::kRawIpOpenBsd:
        return ip(version());
      case LinkType::kMpls:
        return mpls();
      case LinkType::kIpv4:
        return ip(4);
      case LinkType::kIpv6:
        return ip(6);
      case LinkType::kPerPacketInformation:
        return packet_information();
    }
    return std::nullopt;
  }

 private:
  /// Of the next byte, 0 at the end.
  [[nodiscard]] std::uint8_t version() const {
    const auto rest = reader_.rest();
    return rest.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(rest[0] >> 4);
  }

  [[nodiscard]] std::optional<Framing> ip(std::uint8_t expected) const {
    const auto found = version();
    if (found != expected || (found != 4 && found != 6)) return std::nullopt;
    return Framing{.ip_offset = reader_.position(), .ip_version = found, .vlan = vlan_};
  }

  std::optional<Framing> ethernet() {
    reader_.skip(12);
    return ether_type(reader_.read_u16());
  }

  std::optional<Framing> ether_type(std::uint16_t type) {
    if (!reader_.ok() || ++layers_ > kMostLayers) return std::nullopt;
    switch (type) {
      case kIpv4Type:
        return ip(4);
      case kIpv6Type:
        return ip(6);
      case kVlanType:
      case kServiceVlanType:
      case kOldServiceVlanType: {
        const auto tag = reader_.read_u16();
        if (!tagged_) vlan_ = tag & 0x0fff;
        tagged_ = true;
        return ether_type(reader_.read_u16());
      }
      case kMplsType:
      case kMplsMulticastType:
        return mpls();
      case kPppSessionType:
        return ppp_session();
      default:
        return type <= kLargestFrameLength ? logical_link() : std::nullopt;
    }
  }

  /// IEEE 802.2 with SNAP (RFC 1042): only that carries IP today.
  std::optional<Framing> logical_link() {
    const auto access_points = reader_.read_u16();
    const auto control = reader_.read_u8();
    const auto organisation = reader_.read_bytes(3);
    const auto type = reader_.read_u16();
    if (!reader_.ok() || access_points != 0xaaaa || control != 0x03) return std::nullopt;
    for (const auto byte : organisation)
      if (byte != std::byte{0}) return std::nullopt;
    return type > kLargestFrameLength ? ether_type(type) : std::nullopt;
  }

  /// What follows the labels is nowhere said. IP shows itself by its version nibble; a pseudowire
  /// begins with a control word, whose first nibble is 0 (RFC 4385 §3), or with the frame itself.
  std::optional<Framing> mpls() {
    bool bottom = false;
    while (!bottom) {
      if (++layers_ > kMostLayers) return std::nullopt;
      const auto entry = reader_.read_u32();
      if (!reader_.ok()) return std::nullopt;
      bottom = (entry & 0x100) != 0;
    }
    const auto nibble = version();
    if (nibble == 4 || nibble == 6) return ip(nibble);
    if (nibble != 0) return std::nullopt;
    const auto frame = *this;
    reader_.skip(4);
    if (const auto behind_control_word = ethernet()) return behind_control_word;
    const auto layers = layers_;
    *this = frame;
    layers_ = layers;  // both attempts count, or nested pseudowires would double the work each time
    return ethernet();
  }

  std::optional<Framing> ppp_session() {
    const auto version_and_type = reader_.read_u8();
    const auto code = reader_.read_u8();
    reader_.skip(4);  // session, length
    if (version_and_type != 0x11 || code != 0) return std::nullopt;
    return ppp_protocol();
  }

  std::optional<Framing> ppp_or_hdlc() {
    const auto rest = reader_.rest();
    if (rest.size() < 2) return std::nullopt;
    const auto address = std::to_integer<std::uint8_t>(rest[0]);
    if (address == 0x0f || address == 0x8f) return cisco_hdlc();         // unicast, multicast
    if (address == 0xff && rest[1] == std::byte{0x03}) reader_.skip(2);  // RFC 1662 §3.1
    return ppp_protocol();
  }

  /// The field may be compressed to one byte, which is then odd (RFC 1661 §2).
  std::optional<Framing> ppp_protocol() {
    std::uint16_t protocol = reader_.read_u8();
    if ((protocol & 1) == 0)
      protocol = static_cast<std::uint16_t>(protocol << 8 | reader_.read_u8());
    switch (protocol) {
      case kPppIpv4:
        return ip(4);
      case kPppIpv6:
        return ip(6);
      case kPppMpls:
      case kPppMplsMulticast:
        return mpls();
      default:
        return std::nullopt;
    }
  }

  std::optional<Framing> cisco_hdlc() {
    reader_.skip(2);
    return ether_type(reader_.read_u16());
  }

  /// The family is in the byte order of the host that captured, and its number is that host's too:
  /// IPv4 is 2 everywhere, IPv6 10 (Linux), 24, 28 or 30 (BSDs, macOS). The nibble decides.
  std::optional<Framing> loopback() {
    const auto family = reader_.read_u32();
    const auto number = family > 0xffff ? byte_swap(family) : family;
    switch (number) {
      case 2:
        return ip(4);
      case 10:
      case 24:
      case 28:
      case 30:
        return ip(6);
      default:
        return std::nullopt;
    }
  }

  /// CACE "Per-Packet Information Header Specification" 1.0.7 §3.1; little-endian.
  std::optional<Framing> packet_information() {
    const auto begin = reader_.position();
    reader_.skip(2);
    const auto length = reader_.read_u16_le();
    const auto inner = static_cast<LinkType>(reader_.read_u32_le());
    if (!reader_.ok() || length < 8 || length > kLongestPacketInformation) return std::nullopt;
    if (inner == LinkType::kPerPacketInformation) return std::nullopt;
    reader_.skip(length - (reader_.position() - begin));
    return reader_.ok() ? link(inner) : std::nullopt;
  }

  ByteReader reader_;
  std::uint16_t vlan_ = 0;
  bool tagged_ = false;
  int layers_ = 0;
};

}  // namespace

std::optional<Framing> read_framing(LinkType link, std::span<const std::byte> packet) {
  return Walk(packet).link(link);
}

}  // namespace noroshi
