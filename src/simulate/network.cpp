#include "simulate/network.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <filesystem>
#include <thread>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/check.h"
#include "simulate/block.h"
#include "simulate/habits/catalogue.h"
#include "simulate/inject/recorded_host.h"

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Streams of randomness: each part its own.
constexpr std::uint64_t kInternetStream = 1;
constexpr std::uint64_t kBotnetStream = 2;
constexpr std::uint64_t kInfectionStream = 3;
constexpr std::uint64_t kReplayStream = 4;

/// So that small plans keep two processors busy too, and large ones need few blocks.
std::uint32_t lines_of_block(const Plan& plan) {
  return std::clamp((plan.lines + 15) / 16, 64u, 8'192u);
}

/// As long as keeps what one slice exports within a gigabyte; a divisor of a minute.
seconds slice_of(const Plan& plan) {
  constexpr std::array<std::int64_t, 12> kLengths = {1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60};
  std::uint32_t finest = Plan::kLargestSampling;
  for (const auto& view : plan.views) finest = std::min(finest, view.sampling);
  // A line makes about 0.26, 0.06, 0.015 and 0.01 rows a second at 1:1, 1:10, 1:100 and 1:1,000:
  // two million rows a slice.
  const std::uint64_t line_seconds = finest < 10      ? 7'000'000
                                     : finest < 100   ? 30'000'000
                                     : finest < 1'000 ? 130'000'000
                                                      : 200'000'000;
  const auto wanted = static_cast<std::int64_t>(line_seconds / plan.lines);
  auto length = kLengths.front();
  for (const auto candidate : kLengths)
    if (candidate <= wanted) length = candidate;
  return seconds(length);
}

Result<std::string> found(const std::string& file, const Plan& plan, const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (fs::path(file).is_absolute()) return file;
  for (const auto& base : {plan.folder, folder}) {
    const auto candidate = fs::path(base) / file;
    if (fs::exists(candidate, ignored)) return candidate.string();
  }
  return failure(ErrorCode::kNotFound, file + ": no such recording beside the scenario" +
                                           (folder.empty() ? std::string() : ", nor in " + folder));
}

InfectedLine described(const Subscriber& line) {
  InfectedLine infected;
  infected.line = line.index;
  infected.address = line.v4;
  infected.address_v6 = line.v6;
  if (line.shares_address()) {
    infected.first_port = line.first_port;
    infected.last_port = static_cast<std::uint16_t>(line.first_port + line.port_count - 1);
  }
  infected.line_kind = to_string(line.kind);
  return infected;
}

InfectedLine::Deed told(const BotActivity::Deed& deed) {
  return deed.count == 0 ? InfectedLine::Deed{}
                         : InfectedLine::Deed{deed.count, deed.first, deed.last};
}

}  // namespace

class Network::Implementation {
 public:
  Implementation(const Plan& plan, Options options)
      : plan_(plan),
        options_(std::move(options)),
        draws_(plan.seed),
        internet_(key_of(kInternetStream)),
        population_(plan_),
        slice_(options_.slice.count() > 0 ? options_.slice : slice_of(plan_)),
        now_(plan.start) {
    CHECK(plan.lines > 0 && plan.lines <= Plan::kMostLines && !plan.views.empty());
    make_habits();
    for (const auto& botnet : plan_.botnets)
      botnets_.emplace_back(plan_, botnet, draws_.of(kBotnetStream).of(botnets_.size()), truth_);
  }

  Status populate() {
    const auto of_block = lines_of_block(plan_);
    for (std::uint32_t first = 0; first < plan_.lines; first += of_block)
      blocks_.push_back(
          std::make_unique<Block>(common_, first, std::min(of_block, plan_.lines - first)));
    std::unordered_set<std::uint32_t> taken;
    TRY(replay(taken));
    infect(taken);
    seen_.resize(plan_.views.size());
    for (auto& view : seen_) view.resize(truth_.size() + 1);
    seen_lines_.resize(plan_.views.size());
    for (auto& view : seen_lines_) view.resize(truth_.size() + 1);
    for (std::uint32_t number = 1; number <= truth_.size(); ++number)
      if (truth_.subject(number).about().hostile)
        hostile_.emplace(truth_.subject(number).about().endpoint, number);
    merged_.reserve(plan_.views.size());
    for (std::size_t i = 0; i < plan_.views.size(); ++i) merged_.emplace_back(1024);
    return {};
  }

  bool advance() {
    const auto end = Timestamp(plan_.end());
    if (now_ >= end &&
        std::ranges::all_of(blocks_, [](const auto& block) { return block->empty(); })) {
      for (auto& rows : merged_) rows.clear();
      return false;
    }
    const Window window{now_, now_ + slice_};
    const bool over = now_ >= end;
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
      for (auto index = next++; index < blocks_.size(); index = next++)
        over ? blocks_[index]->drain(window.to) : blocks_[index]->act(window);
    };
    std::vector<std::thread> others;
    for (unsigned i = 1; i < std::min<std::size_t>(options_.threads, blocks_.size()); ++i)
      others.emplace_back(work);
    work();
    for (auto& thread : others) thread.join();
    now_ = window.to;
    for (std::size_t view = 0; view < plan_.views.size(); ++view) merge(view);
    return true;
  }

  [[nodiscard]] std::vector<InfectedLine> infected_lines() const {
    std::vector<InfectedLine> lines;
    for (const auto& block : blocks_) {
      for (const auto& infection : block->infections()) {
        auto infected = described(infection->line);
        const auto& botnet = infection->botnet->plan();
        infected.family = botnet.family;
        infected.kind = to_string(botnet.kind);
        infected.botnet = botnet.name;
        infected.from = infection->from;
        infected.until = infection->until;
        infected.newly = infection->newly;
        infected.calls = told(infection->activity.calls);
        infected.probes = told(infection->activity.probes);
        infected.packets = told(infection->activity.packets);
        lines.push_back(std::move(infected));
      }
    }
    lines.insert(lines.end(), replayed_.begin(), replayed_.end());
    std::ranges::sort(lines, {}, &InfectedLine::line);
    return lines;
  }

  [[nodiscard]] std::vector<Seen> seen(std::size_t view) const {
    auto all = seen_[view];
    for (std::size_t i = 0; i < all.size(); ++i) all[i].lines = seen_lines_[view][i].size();
    return all;
  }

  [[nodiscard]] Statistics statistics() const {
    Statistics sums = statistics_;
    for (const auto& block : blocks_) {
      sums.exchanges += block->exchanges();
      sums.packets += block->packets();
      sums.evicted += block->evicted();
    }
    return sums;
  }

  Plan plan_;
  Options options_;
  Draws draws_;
  Internet internet_;
  Population population_;
  TruthBook truth_;
  seconds slice_;
  Timestamp now_;
  std::vector<FlowBatch> merged_;

 private:
  [[nodiscard]] std::uint64_t key_of(std::uint64_t stream) const {
    auto draws = draws_.of(stream);
    return draws.next();
  }

  void make_habits() {
    const HabitSetting setting{plan_, internet_, population_, truth_};
    const auto scaled = [&](std::string_view name, std::uint32_t permille) {
      const auto found = plan_.habits.find(name);
      return found == plan_.habits.end()
                 ? permille
                 : std::min<std::uint32_t>(permille * found->second / 1000, 1000);
    };
    std::uint64_t number = 1;
    for (const auto* entry : habit_catalogue()) {
      auto shares = entry->shares;
      for (auto& share : shares) share = scaled(entry->name, share);
      if (std::ranges::any_of(shares, [](std::uint32_t share) { return share > 0; }))
        habits_.push_back({entry->make(setting), shares, number});
      ++number;
    }
    const auto found = plan_.habits.find("inbound_scans");
    const auto rate = found == plan_.habits.end() ? 1000 : found->second;
    if (rate > 0) {
      strangers_ = inbound_scans(setting, rate);
      common_.strangers = strangers_.get();
    }
  }

  [[nodiscard]] Block& block_of(std::uint32_t line) {
    return *blocks_[line / lines_of_block(plan_)];
  }

  Status replay(std::unordered_set<std::uint32_t>& taken) {
    auto draws = draws_.of(kReplayStream);
    for (const auto& inject : plan_.injections) {
      const auto path = TRY(found(inject.file, plan_, options_.recordings));
      hosts_.push_back(TRY(RecordedHost::read(path, inject, truth_)));
      const auto& host = hosts_.back();
      statistics_.recorded_flows += host.flows().size();
      statistics_.left_out += host.left_out();
      for (std::uint32_t time = 0; time < inject.times; ++time) {
        auto index = static_cast<std::uint32_t>(inject.line >= 0 ? inject.line : 0);
        while (inject.line < 0) {
          index = static_cast<std::uint32_t>(draws.below(plan_.lines));
          // Behind a shared address nobody can be called, which a recorded host may be.
          if (!taken.contains(index) && !population_.line(index).shares_address()) break;
          if (taken.size() >= plan_.lines / 2) break;
        }
        taken.insert(index);
        auto line = population_.line(index);
        if (!inject.host.is_v4() && line.v6.is_none()) line.v6 = population_.v6_of(index);
        const auto begins = plan_.start + inject.shift + inject.stagger * std::int64_t{time};
        block_of(index).replay(Replay(host, line, begins));
        if (inject.family.empty()) continue;
        auto infected = described(line);
        infected.family = inject.family;
        infected.kind = "recorded";
        infected.botnet = inject.file;
        infected.from = begins;
        infected.until = std::min(begins + host.lasts(), Timestamp(plan_.end()));
        for (const auto& flow : host.flows()) {
          if (flow.subject == 0 || begins + flow.begins >= plan_.end()) continue;
          auto& calls = infected.calls;
          if (calls.count++ == 0) calls.first = begins + flow.begins;
          calls.last = begins + flow.begins + flow.lasts;
        }
        replayed_.push_back(std::move(infected));
      }
    }
    return {};
  }

  void infect(std::unordered_set<std::uint32_t>& taken) {
    for (std::size_t number = 0; number < botnets_.size(); ++number) {
      const auto& botnet = botnets_[number];
      auto draws = draws_.of(kInfectionStream).of(number);
      for (std::uint32_t bot = 0; bot < botnet.plan().lines; ++bot) {
        auto infection = std::make_unique<Infection>();
        infection->botnet = &botnet;
        infection->line = victim_line(botnet, draws, taken);
        infection->number = bot;
        infection->from = botnet.from();
        if (const auto spread = botnet.plan().spread; spread > milliseconds(0))
          infection->from += draws.between(milliseconds(0), spread);
        infection->newly = infection->from > plan_.start;
        infection->until = botnet.until();
        auto& block = block_of(infection->line.index);
        block.infect(std::move(infection), draws.of(bot));
      }
    }
  }

  /// A line of the kind that the botnet infects, drawn until one is free; at most half are taken.
  [[nodiscard]] Subscriber victim_line(const Botnet& botnet, Draws& draws,
                                       std::unordered_set<std::uint32_t>& taken) const {
    const bool office = botnet.figures().in_offices && draws.chance(600);
    for (int tries = 0;; ++tries) {
      const auto index = static_cast<std::uint32_t>(draws.below(plan_.lines));
      if (taken.contains(index)) continue;
      auto line = population_.line(index);
      constexpr int kPatience = 200;  // a plan may have no offices at all
      if (tries < kPatience && line.kind != (office ? LineKind::kOffice : LineKind::kHome))
        continue;
      taken.insert(index);
      return line;
    }
  }

  void merge(std::size_t view) {
    struct Place {
      std::uint64_t received;
      std::uint32_t block;
      std::uint32_t row;
    };
    std::vector<Place> order;
    for (std::uint32_t block = 0; block < blocks_.size(); ++block) {
      const auto received = blocks_[block]->rows(view).received();
      for (std::uint32_t row = 0; row < received.size(); ++row)
        order.push_back({received[row], block, row});
    }
    std::ranges::sort(order, [](const Place& a, const Place& b) {
      return std::tie(a.received, a.block, a.row) < std::tie(b.received, b.block, b.row);
    });
    auto& merged = merged_[view];
    merged.clear();
    for (const auto& place : order) merged.append_row(blocks_[place.block]->rows(view), place.row);
    const auto sources = merged.source_address();
    const auto destinations = merged.destination_address();
    auto source_as = merged.mutable_source_as();
    auto destination_as = merged.mutable_destination_as();
    for (std::size_t row = 0; row < merged.size(); ++row) {
      source_as[row] = Internet::as_of(sources[row]);
      destination_as[row] = Internet::as_of(destinations[row]);
    }
    constexpr std::uint32_t kFirstExporter = 0xcb00'71c8;  // 203.0.113.200 and the next
    std::ranges::fill(merged.mutable_exporter(),
                      IpAddress::from_v4(kFirstExporter + static_cast<std::uint32_t>(view)));
    if (!hostile_.empty()) note_seen(view, merged);
  }

  void note_seen(std::size_t view, const FlowBatch& rows) {
    const auto note = [&](const Endpoint& server, const IpAddress& line, std::uint64_t packets) {
      const auto found = hostile_.find(server);
      if (found == hostile_.end()) return;
      auto& seen = seen_[view][found->second];
      ++seen.rows;
      seen.packets += packets;
      seen_lines_[view][found->second].insert(line);
    };
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const auto& source = rows.source_address()[row];
      const auto& destination = rows.destination_address()[row];
      const Protocol protocol{rows.protocol()[row]};
      const auto packets = rows.packets()[row];
      note({destination, Port{rows.destination_port()[row]}, protocol}, source, packets);
      note({source, Port{rows.source_port()[row]}, protocol}, destination, packets);
    }
  }

  std::vector<Block::Habit> habits_;
  std::unique_ptr<BlockHabit> strangers_;
  std::deque<Botnet> botnets_;
  std::deque<RecordedHost> hosts_;
  Block::Common common_{plan_, population_, truth_, habits_, nullptr};
  std::vector<std::unique_ptr<Block>> blocks_;
  std::vector<InfectedLine> replayed_;
  std::unordered_map<Endpoint, std::uint32_t> hostile_;
  std::vector<std::vector<Seen>> seen_;
  std::vector<std::vector<std::unordered_set<IpAddress>>> seen_lines_;
  Statistics statistics_;
};

Result<std::unique_ptr<Network>> Network::create(const Plan& plan, Options options) {
  auto implementation = std::make_unique<Implementation>(plan, std::move(options));
  TRY(implementation->populate());
  return std::unique_ptr<Network>(new Network(std::move(implementation)));
}

Network::Network(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
Network::~Network() = default;

bool Network::advance() { return implementation_->advance(); }
Timestamp Network::now() const { return implementation_->now_; }
const FlowBatch& Network::rows(std::size_t view) const { return implementation_->merged_[view]; }
const Plan& Network::plan() const { return implementation_->plan_; }
std::vector<std::string> Network::local_prefixes() const {
  return implementation_->population_.prefixes();
}
std::vector<IpAddress> Network::research_scanners() const {
  return simulate::research_scanners(implementation_->internet_);
}
const TruthBook& Network::truth() const { return implementation_->truth_; }
std::vector<InfectedLine> Network::infected_lines() const {
  return implementation_->infected_lines();
}
std::vector<Network::Seen> Network::seen(std::size_t view) const {
  return implementation_->seen(view);
}
Network::Statistics Network::statistics() const { return implementation_->statistics(); }

}  // namespace noroshi::simulate
