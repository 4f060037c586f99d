#include "simulate/block.h"

#include <algorithm>

#include "base/check.h"

namespace noroshi::simulate {
namespace {

constexpr std::uint64_t kStrangersPurpose = 0xffff;

std::uint64_t seed_of(const Plan& plan, std::uint32_t first, std::size_t view) {
  auto draws = Draws(plan.seed).of(0x5a3b'1e00 + view).of(first);
  return draws.next();
}

}  // namespace

Block::Block(const Common& common, std::uint32_t first, std::uint32_t count)
    : common_(common), first_(first), count_(count) {
  for (std::size_t index = 0; index < common.plan.views.size(); ++index) {
    const auto& view = common.plan.views[index];
    const PacketSampler sampler(view.sampling, Random(seed_of(common.plan, first, index)));
    auto meter =
        view.format == "sflow"
            ? make_packet_exporter(sampler)
            : make_flow_cache(sampler, {.active = view.active_timeout, .idle = view.idle_timeout});
    views_.push_back({std::move(meter), std::make_unique<FlowBatch>(64)});
  }
}

void Block::infect(std::unique_ptr<Infection> infection, Draws draws) {
  for (auto& part : parts_of(*infection, draws)) parts_.push_back(std::move(part));
  infections_.push_back(std::move(infection));
}

void Block::add(const Exchange& exchange) {
  CHECK(exchange.duration <= Exchange::kLongest);
  CHECK(exchange.start >= window_.from);
  (exchange.start < window_.to ? exchanges_now_ : later_).push_back(exchange);
}

void Block::add(const Sweep& sweep) {
  CHECK(sweep.count > 0 && sweep.duration <= Exchange::kLongest && window_.contains(sweep.start));
  sweeps_.push_back(sweep);
}

void Block::act(const Window& window) {
  window_ = window;
  begin(window);
  meter(window);
  collect(window.to);
}

void Block::drain(Timestamp now) { collect(now); }

void Block::begin(const Window& window) {
  exchanges_now_.clear();
  sweeps_.clear();
  std::erase_if(later_, [&](const Exchange& exchange) {
    if (exchange.start >= window.to) return false;
    exchanges_now_.push_back(exchange);
    return true;
  });
  for (auto index = first_; index < first_ + count_; ++index) {
    const auto line = common_.population.line(index);
    for (const auto& habit : common_.habits) {
      const auto draws = common_.population.draws(index, habit.number);
      auto own = draws.of(0);
      if (own.chance(habit.shares[static_cast<std::size_t>(line.kind)]))
        habit.habit->act(line, draws.of(1), window, *this);
    }
  }
  if (common_.strangers != nullptr)
    common_.strangers->act(first_, count_, common_.population.draws(first_, kStrangersPurpose),
                           window, *this);
  for (const auto& part : parts_) part->act(window, *this);
  for (auto& replay : replays_) replay.act(window, *this);
}

void Block::meter(const Window& /*window*/) {
  order_.clear();
  for (std::uint32_t i = 0; i < exchanges_now_.size(); ++i)
    order_.push_back({exchanges_now_[i].start, i, false});
  for (std::uint32_t i = 0; i < sweeps_.size(); ++i) order_.push_back({sweeps_[i].start, i, true});
  std::ranges::sort(order_, [](const Place& a, const Place& b) {
    if (a.start != b.start) return a.start < b.start;
    return a.is_sweep != b.is_sweep ? b.is_sweep : a.index < b.index;
  });
  const auto end = common_.plan.end();
  for (const auto& place : order_) {
    if (place.start >= end) break;
    if (place.is_sweep) {
      const auto& sweep = sweeps_[place.index];
      exchanges_ += sweep.count;
      packets_ += sweep.count;
      common_.truth.note(sweep);
      for (auto& view : views_) view.meter->observe(sweep);
      continue;
    }
    const auto& exchange = exchanges_now_[place.index];
    ++exchanges_;
    packets_ += exchange.packets();
    common_.truth.note(exchange);
    for (auto& view : views_) view.meter->observe(exchange);
  }
}

void Block::collect(Timestamp now) {
  for (auto& view : views_) {
    view.rows->clear();
    view.meter->collect(now, *view.rows);
  }
}

bool Block::empty() const {
  return std::ranges::all_of(views_, [](const View& view) { return view.meter->empty(); });
}

std::uint64_t Block::evicted() const {
  std::uint64_t sum = 0;
  for (const auto& view : views_) sum += view.meter->evicted();
  return sum;
}

}  // namespace noroshi::simulate
