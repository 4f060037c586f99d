#include "simulate/habits/keep_alive.h"

#include <algorithm>
#include <utility>

#include "simulate/habits/rhythm.h"

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;

class KeepAliveHabit final : public LineHabit {
 public:
  KeepAliveHabit(const HabitSetting& setting, KeepAlive shape)
      : shape_(std::move(shape)), service_(setting, shape_.service) {}

  void act(const Subscriber& line, Draws draws, const Window& window, Wire& wire) const override {
    auto own = draws.of(0);
    const auto devices = own.between(1, shape_.most_devices);
    for (std::uint64_t device = 1; device <= devices; ++device)
      act(line, device, draws.of(device), window, wire);
  }

 private:
  static std::uint64_t drawn(Draws& draws, const KeepAlive::Octets& octets) {
    return octets.least == octets.most ? octets.least : draws.between(octets.least, octets.most);
  }

  void act(const Subscriber& line, std::uint64_t device, Draws draws, const Window& window,
           Wire& wire) const {
    auto own = draws.of(0);
    const auto& server = service_.choose(own);
    const milliseconds stated = shape_.intervals[own.below(shape_.intervals.size())];
    const Rhythm rhythm{.interval = stated + own.between(milliseconds(0), shape_.lag),
                        .jitter = stated * shape_.jitter_permille / 1000};
    // A device says about the same every time.
    const auto up = drawn(own, shape_.up);
    const auto down = drawn(own, shape_.down);
    for_each_beat(draws.of(1), rhythm, window, [&](Timestamp when, Draws of_beat) {
      if (shape_.people_permille > 0 && of_beat.chance(shape_.people_permille)) {
        const auto busy =
            line.kind == LineKind::kHome ? diurnal_permille(when) : office_permille(when);
        if (!of_beat.chance(busy)) return;
      }
      auto beat = contact(line, of_beat, server, when);
      beat.duration = beat.delay + of_beat.between(milliseconds(20), milliseconds(120));
      const bool bursts = shape_.burst_permille > 0 && of_beat.chance(shape_.burst_permille);
      if (shape_.style == KeepAlive::Style::kDatagrams) {
        beat.client_port = port_of(line, draws, device, 0);
        add_datagrams(beat, up, down, bursts, of_beat);
      } else {
        const bool own_connection = shape_.style == KeepAlive::Style::kPolls;
        bool opens = own_connection;
        if (!own_connection) {
          const auto connection = connection_at(draws, shape_.lifetime, when);
          beat.client_port = port_of(line, draws, device, connection);
          opens = connection_at(draws, shape_.lifetime, when - rhythm.interval) != connection;
        }
        add_tcp(beat, {.opens = opens,
                       .closes = own_connection,
                       .up_bytes = up + (bursts ? drawn(of_beat, shape_.burst_up) : 0),
                       .down_bytes = down + (bursts ? drawn(of_beat, shape_.burst_down) : 0)});
        if (bursts) beat.duration = milliseconds(3'000);
      }
      wire.add(beat);
    });
  }

  [[nodiscard]] std::uint16_t port_of(const Subscriber& line, Draws draws, std::uint64_t device,
                                      std::uint64_t connection) const {
    if (shape_.client_port != 0)
      return line.fixed_port(static_cast<std::uint16_t>(shape_.client_port + device - 1));
    auto own = draws.of(2).of(connection);
    return line.port(own);
  }

  void add_datagrams(Exchange& beat, std::uint64_t up, std::uint64_t down, bool bursts,
                     Draws& draws) const {
    if (bursts) {
      constexpr std::uint32_t kDatagram = 1'100;
      beat.duration = milliseconds(8'000);
      const auto packets = [&](const KeepAlive::Octets& octets) {
        return static_cast<std::uint32_t>(drawn(draws, octets) / kDatagram + 1);
      };
      const auto up_packets = packets(shape_.burst_up);
      const auto down_packets = packets(shape_.burst_down);
      add_udp(beat, {.up_packets = up_packets,
                     .up_size = kDatagram,
                     .down_packets = down_packets,
                     .down_size = kDatagram});
      return;
    }
    add_udp(beat, {.up_packets = 1,
                   .up_size = static_cast<std::uint16_t>(up),
                   .down_packets = down > 0 ? 1u : 0u,
                   .down_size = static_cast<std::uint16_t>(down)});
  }

  KeepAlive shape_;
  Service service_;
};

}  // namespace

std::unique_ptr<LineHabit> keep_alive(const HabitSetting& setting, KeepAlive shape) {
  return std::make_unique<KeepAliveHabit>(setting, std::move(shape));
}

}  // namespace noroshi::simulate
